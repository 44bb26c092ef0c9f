import { styleText } from 'node:util';
import { formatCredits, formatTable, printable } from '#cli/watch-format';
import type { WatchModel, WatchView } from '#cli/watch-model';

/** As much of a terminal as the screen uses; process.stdout is one. */
export interface Terminal {
  write(text: string): unknown;
  readonly columns: number;
  readonly rows: number;
  hasColors(): boolean;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

// The alternate screen keeps what was there before; without line wrap no name, however wide, breaks the layout.
const ENTER = '\u001b[?1049h\u001b[?7l\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?7h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Fast enough to look live; a hundred calls a second must not become a hundred drawings. */
const FRAME_MS = 50;

const HEADER_ROWS = 6;

/** The balance and the last calls, redrawn in place. */
export function openScreen(terminal: Terminal): WatchView {
  let shown: WatchModel | null = null;
  let frame: NodeJS.Timeout | null = null;
  const draw = (): void => {
    frame = null;
    if (!shown) return;
    const lines = linesOf(shown, terminal).slice(0, terminal.rows);
    terminal.write(`${HOME}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}`);
  };
  const show = (model: WatchModel): void => {
    shown = model;
    frame ??= setTimeout(draw, FRAME_MS);
  };
  terminal.write(ENTER);
  terminal.on('resize', draw);
  return {
    onState: show,
    onBalance: show,
    onCall: show,
    close() {
      if (frame) clearTimeout(frame);
      terminal.off('resize', draw);
      terminal.write(LEAVE);
      if (shown?.balance) {
        terminal.write(
          `${printable(shown.workspaceName)}: ${formatCredits(shown.balance.available)} credits available\n`,
        );
      }
    },
  };
}

type Format = Parameters<typeof styleText>[0];

function linesOf({ workspaceName, state, cause, balance, calls }: WatchModel, terminal: Terminal): string[] {
  const { columns, rows } = terminal;
  const hasColors = terminal.hasColors();
  const style = (format: Format, text: string): string => (hasColors ? styleText(format, text) : text);
  const cut = (text: string): string => text.slice(0, columns);
  const held = balance && balance.held !== '0' ? `, ${formatCredits(balance.held)} held` : '';
  const [titles = '', ...table] = formatTable(calls.slice(0, Math.max(1, rows - HEADER_ROWS)), columns);
  return [
    style('bold', cut(printable(workspaceName))),
    stateLine(state, cause, { style, cut }),
    '',
    style('bold', cut(balance ? `${formatCredits(balance.available)} credits available${held}` : '')),
    '',
    style('dim', titles),
    ...table.map((line, index) => style(COLOURS[calls[index]?.outcome ?? 'SUCCEEDED'], line)),
    ...(calls.length === 0 ? [style('dim', cut('No calls yet.'))] : []),
  ];
}

const COLOURS = { SUCCEEDED: 'reset', FAILED: 'red', DECLINED: 'yellow' } as const;

interface Pen {
  style: (format: Format, text: string) => string;
  cut: (text: string) => string;
}

function stateLine(state: WatchModel['state'], cause: string | null, { style, cut }: Pen): string {
  switch (state) {
    case 'LIVE':
      return style('green', cut('● live'));
    case 'CONNECTING':
      return style('dim', cut('○ connecting'));
    case 'RECONNECTING':
      return style('yellow', cut(`○ reconnecting: ${printable(cause ?? 'the connection was lost')}`));
  }
}
