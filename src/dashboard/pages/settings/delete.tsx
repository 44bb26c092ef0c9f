import { useState } from 'react';
import { useAction } from '../../api/acting.ts';
import { DeleteWorkspaceDocument } from '../../generated/graphql.ts';
import { useBalance } from '../../live/balances.ts';
import { leaveTo } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

export function DeleteSection() {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title="Delete" about="It can be brought back for seven days; then it is erased.">
      <div>
        <Button variant="outline" className="text-destructive" onClick={() => setAsking(true)}>
          Delete the workspace
        </Button>
      </div>
      {isAsking && <DeleteDialog onClose={() => setAsking(false)} />}
    </Section>
  );
}

function DeleteDialog({ onClose }: { onClose: () => void }) {
  const { workspace } = useShown();
  const [remove, isRunning] = useAction(DeleteWorkspaceDocument);
  const { total } = useBalance(workspace.id) ?? workspace.balance;
  return (
    <ConfirmDialog
      title={`Delete ${workspace.name}?`}
      consequences={[
        'Its API keys and live streams end at once: whatever uses them is refused.',
        'All members lose sight of it.',
        `Its ${formatCredits(total)} credits cannot be spent, and are gone when it is erased.`,
        'For seven days you can restore it, with its keys, from the settings of another workspace.',
      ]}
      deed="Delete the workspace"
      typed={workspace.name}
      isRunning={isRunning}
      run={() => remove({ input: { workspaceId: workspace.id, name: workspace.name } })}
      onClose={onClose}
      onDone={() => leaveTo('/')}
    />
  );
}
