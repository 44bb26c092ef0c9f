import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { LeaveWorkspaceDocument, type MemberFieldsFragment, RemoveMemberDocument } from '../../generated/graphql.ts';
import { leaveTo } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

interface Props {
  member: MemberFieldsFragment;
  onClose: () => void;
}

export function RemoveMemberDialog({ member, onClose }: Props) {
  const { viewer } = useShown();
  return member.user.id === viewer.id ? (
    <LeaveDialog onClose={onClose} />
  ) : (
    <RemoveDialog member={member} onClose={onClose} />
  );
}

function RemoveDialog({ member, onClose }: Props) {
  const { workspace } = useShown();
  const [remove, isRunning] = useAction(RemoveMemberDocument);
  return (
    <ConfirmDialog
      title={`Remove ${member.user.name}?`}
      consequences={[
        `They lose sight of ${workspace.name} at once; their live streams end.`,
        'Keys that they made go on working, within the role that they had. The list of keys marks them: revoke what is not needed.',
        'You can invite them again.',
      ]}
      deed="Remove the member"
      isRunning={isRunning}
      run={() => remove({ input: { memberId: member.id } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${member.user.name} is removed`);
      }}
    />
  );
}

export function LeaveDialog({ onClose }: { onClose: () => void }) {
  const { workspace } = useShown();
  const [leave, isRunning] = useAction(LeaveWorkspaceDocument);
  return (
    <ConfirmDialog
      title={`Leave ${workspace.name}?`}
      consequences={[
        'You lose sight of it at once. Somebody there has to invite you to come back.',
        'Keys that you made go on working, within the role that you have now.',
      ]}
      deed="Leave the workspace"
      isRunning={isRunning}
      run={() => leave({ input: { workspaceId: workspace.id } })}
      onClose={onClose}
      onDone={() => leaveTo('/')}
    />
  );
}
