import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useReading } from '../../api/reading.ts';
import { refresh } from '../../api/refreshes.ts';
import { MembersDocument, TransferWorkspaceDocument } from '../../generated/graphql.ts';
import { useShown } from '../../shell/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';

const MEMBERS_MAX = 100;

export function TransferSection() {
  const { workspace, viewer } = useShown();
  const { data } = useReading(MembersDocument, { workspaceId: workspace.id, first: MEMBERS_MAX, after: null });
  const others = (data?.workspace?.members.edges ?? [])
    .map(({ node }) => node)
    .filter(({ user }) => user.id !== viewer.id);
  const [memberId, setMemberId] = useState('');
  const [isAsking, setAsking] = useState(false);
  const chosen = others.find(({ id }) => id === memberId);
  return (
    <Section title="Transfer" about="Makes another member the owner, and you an admin.">
      <div className="flex flex-wrap items-end gap-3">
        <Field
          label="New owner"
          className="min-w-56 flex-1"
          hint={others.length === 0 ? 'Nobody else is a member: invite them first.' : undefined}
        >
          {(ids) => (
            <Select
              {...ids}
              disabled={others.length === 0}
              value={memberId}
              onChange={({ target }) => setMemberId(target.value)}
            >
              <option value="">Choose a member</option>
              {others.map(({ id, user }) => (
                <option key={id} value={id}>
                  {user.name} ({user.email})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button variant="outline" className="h-9" disabled={!chosen} onClick={() => setAsking(true)}>
          Transfer
        </Button>
      </div>
      {isAsking && chosen && (
        <TransferDialog memberId={chosen.id} name={chosen.user.name} onClose={() => setAsking(false)} />
      )}
    </Section>
  );
}

function TransferDialog({ memberId, name, onClose }: { memberId: string; name: string; onClose: () => void }) {
  const { workspace } = useShown();
  const [transfer, isRunning] = useAction(TransferWorkspaceDocument);
  return (
    <ConfirmDialog
      title={`Transfer ${workspace.name} to ${name}?`}
      consequences={[
        `${name} may then do everything here, deleting it included.`,
        'You become an admin: only the new owner can give it back.',
      ]}
      deed="Transfer the workspace"
      typed={workspace.name}
      isRunning={isRunning}
      run={() => transfer({ input: { workspaceId: workspace.id, memberId } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(`${name} owns ${workspace.name} now`);
        refresh();
      }}
    />
  );
}
