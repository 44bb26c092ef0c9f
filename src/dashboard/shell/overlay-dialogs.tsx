import { CreateWorkspaceDialog } from './create-workspace.tsx';
import { Palette } from './palette.tsx';
import { ShortcutList } from './shortcut-list.tsx';

/** What can lie over any page, apart from the first load: the pages do not wait for it. */
export function OverlayDialogs() {
  return (
    <>
      <Palette />
      <ShortcutList />
      <CreateWorkspaceDialog />
    </>
  );
}
