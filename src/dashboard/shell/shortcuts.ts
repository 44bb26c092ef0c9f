import { useHotkeys } from 'react-hotkeys-hook';
import { type Overlay, show, useOverlay } from './overlays.ts';
import { PAGES } from './pages.ts';
import { placeOf, useGo } from './places.ts';
import { useShown } from './workspace.ts';

/** Whether letters alone are switched off is kept under this name. */
export const SHORTCUTS_OFF = 'shortcuts-off';
const LETTERS = PAGES.map(({ letter }) => `g>${letter}`);

export function areLettersOff(): boolean {
  try {
    return localStorage.getItem(SHORTCUTS_OFF) === 'yes';
  } catch {
    return false;
  }
}

/** Listens for the keys. Letters alone can be switched off, as speech input types them; the palette stays. */
export function useShortcuts(): void {
  const { workspace } = useShown();
  const go = useGo();
  const isCovered = useOverlay() !== null;
  const letters = { enabled: () => !isCovered && !areLettersOff(), useKey: true } as const;
  useHotkeys('mod+k', open('palette'), { enableOnFormTags: true });
  useHotkeys('mod+shift+o', open('switcher'), { enableOnFormTags: true });
  useHotkeys('?', open('shortcuts'), letters);
  useHotkeys('g>w', open('switcher'), letters);
  useHotkeys('/', focusFilter, letters);
  useHotkeys('c', pressMain, letters);
  useHotkeys(
    LETTERS,
    (_event, { keys }) => {
      const page = PAGES.find(({ letter }) => keys?.at(-1) === letter);
      if (page) go(placeOf(workspace.slug, page.path));
    },
    letters,
  );
}

const open = (overlay: Overlay) => (event: KeyboardEvent) => {
  event.preventDefault();
  show(overlay);
};

function focusFilter(event: KeyboardEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('main [data-filter]')?.focus();
}

function pressMain(event: KeyboardEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('main [data-create]')?.click();
}
