import { Command } from 'cmdk';
import { Check, Plus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useReading } from '../api/reading.ts';
import { ViewerDocument } from '../generated/graphql.ts';
import { Glance } from '../ui/amount.tsx';
import { classes } from '../ui/classes.ts';
import { Monogram } from '../ui/monogram.tsx';
import { show } from './overlays.ts';
import { placeOf, useGo, usePagePath } from './places.ts';
import { useShown } from './workspace.ts';

const item =
  'flex items-center gap-2 rounded-sm px-2 py-1.5 outline-none select-none data-[selected=true]:bg-muted [&_svg]:size-4';

/** The viewer's workspaces with their balances, to be found by name. */
export function WorkspaceList() {
  const { workspace: shown, viewer } = useShown();
  const go = useGo();
  const page = usePagePath();
  const input = useRef<HTMLInputElement>(null);
  // The list may come after its popover has chosen what to focus.
  useEffect(() => input.current?.focus(), []);
  // Read as it opens: the balances beside the names are those of now.
  const { data } = useReading(ViewerDocument, {});
  const workspaces = data?.viewer?.workspaces ?? viewer.workspaces;
  return (
    <Command label="Workspaces" className="grid">
      <Command.Input
        ref={input}
        placeholder="Find a workspace"
        className="h-10 w-full border-b bg-transparent px-3 outline-none"
      />
      <Command.List className="max-h-72 overflow-y-auto p-1">
        <Command.Empty className="px-3 py-6 text-center text-muted-foreground">No workspace of that name</Command.Empty>
        {workspaces.map(({ id, slug, name, balance }) => (
          <Command.Item
            key={id}
            value={`${name} ${slug}`}
            className={item}
            onSelect={() => {
              show(null);
              go(placeOf(slug, page));
            }}
          >
            <Monogram name={name} />
            <span className="truncate">{name}</span>
            {id === shown.id && <Check className="shrink-0 text-accent" aria-label="shown now" />}
            <span className="ml-auto shrink-0 pl-3 text-muted-foreground">
              <Glance credits={balance.available} />
            </span>
          </Command.Item>
        ))}
      </Command.List>
      <div className="border-t p-1">
        <button
          type="button"
          className={classes(item, 'w-full hover:bg-muted')}
          onClick={() => show('create-workspace')}
        >
          <Plus className="text-muted-foreground" aria-hidden /> Create workspace
        </button>
      </div>
    </Command>
  );
}
