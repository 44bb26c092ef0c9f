import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { InviteMemberDocument, type Role } from '../../generated/graphql.ts';
import { ROLE_HINTS, ROLE_NAMES } from '../../shell/roles.ts';
import { useShown } from '../../shell/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select, Textarea } from '../../ui/field.tsx';
import { rolesBelow } from './role-select.tsx';

interface Props {
  isOpen: boolean;
  onClose: () => void;
}

export function InviteDialog({ isOpen, onClose }: Props) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Invite to the workspace"
      description="They get a link by mail. It works once, for seven days, for whoever signs in with that address."
    >
      <InviteForm onClose={onClose} />
    </Dialog>
  );
}

interface InviteFormValues {
  emails: string;
  role: Role;
}

function InviteForm({ onClose }: { onClose: () => void }) {
  const { role: viewerRole } = useShown();
  const { register, handleSubmit, formState, setError, setValue, control } = useForm<InviteFormValues>({
    defaultValues: { emails: '', role: 'MEMBER' },
  });
  const { inviteAll, isRunning } = useInviting();
  const role = useWatch({ control, name: 'role' });
  const submit = handleSubmit(async (form) => {
    const refused = await inviteAll(addressesIn(form.emails), form.role);
    if (refused.length === 0) return onClose();
    // What went out is done; what is left can be put right and tried again.
    setValue('emails', refused.map(({ email }) => email).join('\n'));
    setError('emails', { message: refused.map(({ email, sentence }) => `${email}: ${sentence}`).join(' ') });
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <Field label="E-mail addresses" hint="Several at once: one a line." error={formState.errors.emails?.message}>
        {(ids) => (
          <Textarea
            {...ids}
            autoFocus
            autoComplete="off"
            {...register('emails', {
              validate: (text) => addressesIn(text).length > 0 || 'Give at least one address.',
            })}
          />
        )}
      </Field>
      <Field label="Role" hint={ROLE_HINTS[role]}>
        {(ids) => (
          <Select {...ids} {...register('role')}>
            {rolesBelow(viewerRole).map((each) => (
              <option key={each} value={each}>
                {ROLE_NAMES[each]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <DialogActions>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" isBusy={isRunning}>
          Send the invitation
        </Button>
      </DialogActions>
    </form>
  );
}

const addressesIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ''))];

/** Invites one after the other, and says which were refused and why. */
function useInviting() {
  const { workspace } = useShown();
  const [invite] = useAction(InviteMemberDocument);
  const [isRunning, setRunning] = useState(false);
  const idempotencyKey = useIdempotencyKey();
  const inviteAll = async (emails: readonly string[], role: Role): Promise<{ email: string; sentence: string }[]> => {
    setRunning(true);
    const refused: { email: string; sentence: string }[] = [];
    for (const email of emails) {
      const input = { workspaceId: workspace.id, email, role };
      const { payload, refusal } = await invite({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
      if (!payload) refused.push({ email, sentence: refusal?.message ?? 'was not sent.' });
      else if (payload.mailed) toast.success(`Invited ${email}`);
      else toast.error(`${email} is invited, but the mail could not be sent: send it again from the list.`);
    }
    setRunning(false);
    return refused;
  };
  return { inviteAll, isRunning };
}
