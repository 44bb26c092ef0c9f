import { readProcessConfig } from '#config';
import { openDatabase } from '#main/database';

/** Brings the configured database to this version and says what it did. */
export async function migrate(): Promise<void> {
  const database = await openDatabase(readProcessConfig(), { mode: 'command', log: console.log });
  await database.stop();
  const { applied, alreadyApplied } = database;
  console.log(
    applied.length === 0 ? `Up to date: ${alreadyApplied} applied before.` : `Applied ${applied.join(', ')}.`,
  );
}
