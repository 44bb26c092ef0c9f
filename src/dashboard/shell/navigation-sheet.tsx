import { Dialog } from '@base-ui/react/dialog';
import { PageLinks } from './navigation.tsx';
import { show, useOverlay } from './overlays.ts';

/** The navigation on narrow screens, over the content. */
export function NavigationSheet() {
  return (
    <Dialog.Root open={useOverlay() === 'navigation'} onOpenChange={(open) => show(open ? 'navigation' : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          aria-label="Pages"
          className="floating fixed inset-y-2 left-2 z-50 w-64 p-3 outline-none transition duration-150 data-starting-style:-translate-x-4 data-starting-style:opacity-0"
        >
          <nav aria-label="Pages">
            <PageLinks onFollow={() => show(null)} />
          </nav>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
