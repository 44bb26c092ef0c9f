import { readProcessConfig } from '#config';
import { verifyAll } from '#main/verify';

const BAR_WIDTH = 30;

/** A terminal that is written to more often only flickers. */
const REDRAW_MS = 100;

/** Proves that what is stored is what was recorded; the exit code says whether. */
export async function verify({ incremental = false }: { incremental?: boolean }): Promise<void> {
  const progress = drawProgress();
  const options = { isIncremental: incremental, log: console.error, onProgress: progress.draw };
  const results = await verifyAll(readProcessConfig(), options).finally(progress.clear);
  for (const { name, rows, violation } of results) {
    const found = `${name}: ${countRows(rows)} as recorded`;
    console.log(violation === null ? found : `${found}, then ${violation}`);
  }
  const isWhole = results.every(({ violation }) => violation === null);
  console.log(isWhole ? 'Verified.' : 'Not verified: somebody changed the database behind the program.');
  if (!isWhole) process.exitCode = 1;
}

interface Progress {
  name: string;
  rows: number;
  size: number;
}

/** One line that is drawn over, on a terminal alone. */
function drawProgress(): { draw: (progress: Progress) => void; clear: () => void } {
  const { stderr } = process;
  let drawnAt = -Infinity;
  const overwrite = (line: string): void => {
    // A line that wraps could not be drawn over.
    if (stderr.isTTY) stderr.write(`\r\u001B[K${line.slice(0, stderr.columns - 1)}`);
  };
  return {
    draw: ({ name, rows, size }) => {
      const now = performance.now();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      overwrite(`${bar(rows, size)} ${name}, ${countRows(rows)}`);
    },
    clear: () => overwrite(''),
  };
}

/** `size` is of the beginning; what was recorded since does not make the bar longer. */
function bar(rows: number, size: number): string {
  const share = Math.min(rows / Math.max(size, 1), 1);
  const full = Math.round(share * BAR_WIDTH);
  return `${String(Math.floor(share * 100)).padStart(3)} % [${'#'.repeat(full)}${' '.repeat(BAR_WIDTH - full)}]`;
}

function countRows(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
}
