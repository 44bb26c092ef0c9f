import { Send, X } from 'lucide-react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import {
  type InvitationFieldsFragment,
  ResendInvitationDocument,
  RevokeInvitationDocument,
} from '../../generated/graphql.ts';
import { Button } from '../../ui/button.tsx';

export function InvitationButtons({ invitation }: { invitation: InvitationFieldsFragment }) {
  const [resend, isResending] = useAction(ResendInvitationDocument);
  const [revoke, isRevoking] = useAction(RevokeInvitationDocument);
  const input = { invitationId: invitation.id };
  const runResend = async (): Promise<void> => {
    const { payload, refusal } = await resend({ input });
    if (refusal) toast.error(refusal.message);
    if (payload?.mailed === true) toast.success(`Sent to ${invitation.email} again; the earlier link is dead`);
    else if (payload) toast.error(`The mail to ${invitation.email} could not be sent: try again.`);
  };
  const runRevoke = async (): Promise<void> => {
    const { payload, refusal } = await revoke({ input });
    if (refusal) toast.error(refusal.message);
    if (payload) toast.success(`The invitation of ${invitation.email} is taken back`);
  };
  return (
    <div className="flex justify-end gap-1">
      <Button
        variant="ghost"
        size="sm"
        className="text-muted-foreground"
        isBusy={isResending}
        aria-label={`Send the invitation of ${invitation.email} again`}
        onClick={() => void runResend()}
      >
        <Send aria-hidden />
        <span className="hidden sm:inline">Resend</span>
      </Button>
      <Button
        variant="ghost"
        size="sm"
        className="text-muted-foreground"
        isBusy={isRevoking}
        aria-label={`Take the invitation of ${invitation.email} back`}
        onClick={() => void runRevoke()}
      >
        <X aria-hidden />
        <span className="hidden sm:inline">Take back</span>
      </Button>
    </div>
  );
}
