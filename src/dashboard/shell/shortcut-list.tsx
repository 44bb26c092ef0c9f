import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox } from '../ui/field.tsx';
import { isApple, Kbd } from '../ui/kbd.tsx';
import { show, useOverlay } from './overlays.ts';
import { PAGES } from './pages.ts';
import { areLettersOff, SHORTCUTS_OFF } from './shortcuts.ts';

const mod = isApple ? '⌘' : 'Ctrl';

const ROWS: readonly [says: string, keys: string[]][] = [
  ['Command palette', [mod, 'K']],
  ['Switch workspace', ['G', 'W']],
  ...PAGES.map(({ title, letter }): [string, string[]] => [title, ['G', letter.toUpperCase()]]),
  ['Create what the page lists', ['C']],
  ['Find on the page', ['/']],
  ['This list', ['?']],
  ['Close what is open', ['Esc']],
];

export function ShortcutList() {
  const [isOff, setOff] = useState(areLettersOff);
  const change = (next: boolean): void => {
    setOff(next);
    try {
      if (next) localStorage.setItem(SHORTCUTS_OFF, 'yes');
      else localStorage.removeItem(SHORTCUTS_OFF);
    } catch {
      // It holds for this page, then.
    }
  };
  return (
    <Dialog
      isOpen={useOverlay() === 'shortcuts'}
      isText
      onClose={() => show(null)}
      title="Keyboard shortcuts"
      className="w-[min(94vw,40rem)]"
    >
      <dl className="gap-8 sm:columns-2">
        {ROWS.map(([says, keys]) => (
          <div key={says} className="flex break-inside-avoid items-center justify-between border-b py-1.5">
            <dt>{says}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Checkbox
        label="Switch off shortcuts of letters alone"
        hint="For speech input and the like. The palette stays."
        checked={isOff}
        onChange={({ target }) => change(target.checked)}
      />
    </Dialog>
  );
}
