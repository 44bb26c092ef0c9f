const BAR_WIDTH = 30;

/** A terminal that is written to more often only flickers. */
const REDRAW_MS = 100;

export interface Progress {
  name: string;
  rows: number;
  /** How much of it is done, of how much. */
  done: number;
  size: number;
}

/** One line that is drawn over, on a terminal alone. */
export function drawProgress(): { draw: (progress: Progress) => void; clear: () => void } {
  const { stderr } = process;
  let drawnAt = -Infinity;
  const overwrite = (line: string): void => {
    // A line that wraps could not be drawn over.
    if (stderr.isTTY) stderr.write(`\r\u001B[K${line.slice(0, stderr.columns - 1)}`);
  };
  return {
    draw: ({ name, rows, done, size }) => {
      const now = performance.now();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      overwrite(`${bar(done, size)} ${name}, ${countRows(rows)}`);
    },
    clear: () => overwrite(''),
  };
}

/** `size` is of the beginning; what was recorded since does not make the bar longer. */
function bar(done: number, size: number): string {
  const share = Math.min(done / Math.max(size, 1), 1);
  const full = Math.round(share * BAR_WIDTH);
  return `${String(Math.floor(share * 100)).padStart(3)} % [${'#'.repeat(full)}${' '.repeat(BAR_WIDTH - full)}]`;
}

/** A number of rows for people. */
export function countRows(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
}
