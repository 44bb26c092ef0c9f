import { countRows, drawProgress } from '#cli/progress';
import { readProcessConfig } from '#config';
import { verifyAll } from '#main/verify';

/** Proves that what is stored is what was recorded; the exit code says whether. */
export async function verify({ incremental = false }: { incremental?: boolean }): Promise<void> {
  const progress = drawProgress();
  const onProgress = (found: { name: string; rows: number; size: number }): void =>
    progress.draw({ ...found, done: found.rows });
  const options = { isIncremental: incremental, log: console.error, onProgress };
  const results = await verifyAll(readProcessConfig(), options).finally(progress.clear);
  for (const { name, rows, origin, violation } of results) {
    const found = `${name}: ${countRows(rows)} as recorded${origin === null ? '' : ` (${origin})`}`;
    console.log(violation === null ? found : `${found}, then ${violation}`);
  }
  const isWhole = results.every(({ violation }) => violation === null);
  console.log(isWhole ? 'Verified.' : 'Not verified: somebody changed the database behind the program.');
  if (!isWhole) process.exitCode = 1;
}
