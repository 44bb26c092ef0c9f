import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { Copy, Keyboard, LogOut, type LucideIcon, Moon, Plus, Sun, SunMoon, UserPlus } from 'lucide-react';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import { copyText } from '../ui/copy-button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Monogram } from '../ui/monogram.tsx';
import { show, useOverlay } from './overlays.ts';
import { PAGES } from './pages.ts';
import { placeOf, useGo, usePagePath } from './places.ts';
import type { Action } from './roles.ts';
import { signOut } from './sign-out.ts';
import { setTheme, type Theme } from './theme.ts';
import { useShown } from './workspace.ts';

const THEME_ICONS: Record<Theme, LucideIcon> = { light: Sun, dark: Moon, system: SunMoon };

/** Everything that can be reached or done from anywhere, by name. */
export function Palette() {
  const isOpen = useOverlay() === 'palette';
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => show(open ? 'palette' : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          aria-label="Command palette"
          className="floating fixed left-1/2 top-[10vh] z-50 w-[min(94vw,36rem)] -translate-x-1/2 overflow-hidden outline-none"
        >
          <Command label="Command palette" loop>
            <Command.Input
              placeholder="Go to a page, switch workspace, do something"
              className="h-12 w-full border-b bg-transparent px-4 outline-none"
            />
            <Command.List className="max-h-[min(60vh,24rem)] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted-foreground">
                Nothing by that name
              </Command.Empty>
              <Places />
              <Actions />
              <Workspaces />
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Places() {
  const { workspace, can } = useShown();
  const go = useGo();
  return (
    <Group heading="Go to">
      {PAGES.filter(({ needs }) => !needs || can(needs)).map(({ path, title, icon, letter }) => (
        <Item key={path} icon={icon} keys={['G', letter.toUpperCase()]} run={() => go(placeOf(workspace.slug, path))}>
          {title}
        </Item>
      ))}
    </Group>
  );
}

const CREATIONS: readonly {
  needs: Action;
  page: string;
  search: Record<string, unknown>;
  icon: LucideIcon;
  says: string;
}[] = [
  { needs: 'apiKeys:create', page: 'keys', search: { create: true }, icon: Plus, says: 'Create API key' },
  { needs: 'webhooks:write', page: 'webhooks', search: { create: true }, icon: Plus, says: 'Add webhook endpoint' },
  { needs: 'inboxes:write', page: 'inboxes', search: { create: true }, icon: Plus, says: 'Create inbox' },
  { needs: 'alerts:write', page: 'alerts', search: { create: true }, icon: Plus, says: 'Create alert' },
  { needs: 'members:invite', page: 'members', search: { invite: true }, icon: UserPlus, says: 'Invite a member' },
];

function Actions() {
  const { workspace, can } = useShown();
  const go = useGo();
  return (
    <Group heading="Do">
      {CREATIONS.filter(({ needs }) => can(needs)).map(({ page, search, icon, says }) => (
        <Item key={says} icon={icon} run={() => go(placeOf(workspace.slug, page), search)}>
          {says}
        </Item>
      ))}
      <Item icon={Plus} run={() => show('create-workspace')}>
        Create workspace
      </Item>
      <Item
        icon={Copy}
        run={() => void copyText(workspace.id).then((isDone) => isDone && toast.success('Workspace id copied'))}
      >
        Copy workspace id
      </Item>
      {(['light', 'dark', 'system'] as const).map((theme) => (
        <Item key={theme} icon={THEME_ICONS[theme]} run={() => setTheme(theme)}>
          {`Theme: ${theme}`}
        </Item>
      ))}
      <Item icon={Keyboard} keys={['?']} run={() => show('shortcuts')}>
        Keyboard shortcuts
      </Item>
      <Item icon={LogOut} run={() => void signOut()}>
        Sign out
      </Item>
    </Group>
  );
}

function Workspaces() {
  const { viewer, workspace: shown } = useShown();
  const go = useGo();
  const page = usePagePath();
  return (
    <Group heading="Switch workspace">
      {viewer.workspaces
        .filter(({ id }) => id !== shown.id)
        .map(({ id, name, slug }) => (
          <Command.Item
            key={id}
            value={`switch to ${name} ${slug}`}
            className={item}
            onSelect={() => {
              show(null);
              go(placeOf(slug, page));
            }}
          >
            <Monogram name={name} />
            {name}
          </Command.Item>
        ))}
    </Group>
  );
}

const item =
  'flex h-9 items-center gap-2.5 rounded-md px-2.5 outline-none select-none data-[selected=true]:bg-muted [&_svg]:size-4 [&_svg]:text-muted-foreground';

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted-foreground"
    >
      {children}
    </Command.Group>
  );
}

function Item(props: { icon: LucideIcon; keys?: string[]; run: () => void; children: string }) {
  const { icon: Icon, keys = [], run, children } = props;
  return (
    <Command.Item
      value={children}
      className={item}
      onSelect={() => {
        show(null);
        run();
      }}
    >
      <Icon aria-hidden />
      {children}
      <span className="ml-auto flex gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </span>
    </Command.Item>
  );
}
