import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useReading } from '../../api/reading.ts';
import { RestoreWorkspaceDocument, ViewerDocument } from '../../generated/graphql.ts';
import { placeOf, useGo } from '../../shell/places.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/card.tsx';
import { Time } from '../../ui/time.tsx';

/** What can still be brought back; nothing where there is nothing. */
export function DeletedWorkspaces() {
  const { data } = useReading(ViewerDocument, {});
  const deleted = data?.viewer?.deletedWorkspaces ?? [];
  if (deleted.length === 0) return null;
  return (
    <Section title="Deleted workspaces" about="Yours to restore, as they were, until they are erased.">
      <ul className="grid divide-y">
        {deleted.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span className="font-medium">{one.name}</span>
            <span className="text-muted-foreground">
              erased <Time at={one.erasesAt} />
            </span>
            <RestoreButton id={one.id} name={one.name} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RestoreButton({ id, name }: { id: string; name: string }) {
  const [restore, isRunning] = useAction(RestoreWorkspaceDocument);
  const go = useGo();
  const run = async (): Promise<void> => {
    const { payload, refusal } = await restore({ input: { workspaceId: id } });
    if (refusal) toast.error(refusal.message);
    if (!payload) return;
    toast.success(`${name} is back`);
    go(placeOf(payload.workspace.slug));
  };
  return (
    <Button
      variant="outline"
      size="sm"
      className="ml-auto"
      isBusy={isRunning}
      aria-label={`Restore ${name}`}
      onClick={() => void run()}
    >
      Restore
    </Button>
  );
}
