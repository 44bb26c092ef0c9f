import { readProcessConfig } from '#config';
import { verifyAll } from '#main/verify';

const BAR_WIDTH = 30;

/** Proves that what is stored is what was recorded; the exit code says whether. */
export async function verify(): Promise<void> {
  const { stderr } = process;
  const results = await verifyAll(readProcessConfig(), {
    log: console.error,
    onProgress: ({ name, rows, size }) => {
      if (stderr.isTTY) stderr.write(`\r${bar(rows, size)} ${name}`);
    },
  });
  if (stderr.isTTY) stderr.write('\r\u001B[K');
  for (const { name, rows, violation } of results) {
    console.log(`${name}: ${rows} rows as they were recorded${violation === null ? '' : `, then ${violation}`}`);
  }
  const isWhole = results.every(({ violation }) => violation === null);
  console.log(isWhole ? 'Verified.' : 'Not verified: somebody changed the database behind the program.');
  if (!isWhole) process.exitCode = 1;
}

/** `size` is of the beginning; what was recorded since does not make the bar longer. */
function bar(rows: number, size: number): string {
  const full = Math.min(BAR_WIDTH, Math.round((rows / Math.max(size, 1)) * BAR_WIDTH));
  return `[${'#'.repeat(full)}${' '.repeat(BAR_WIDTH - full)}] ${rows} of ${Math.max(size, rows)} rows`;
}
