import { attachOrStartEmbeddedPostgres } from '#adapters/embedded-postgres';
import { applyMigrations } from '#adapters/migrations';
import { readProcessConfig } from '#config';

const say = (line: string): void => console.log(line);

/** Brings the configured database to this version and says what it did. */
export async function migrate(): Promise<void> {
  const { database, dataDir } = readProcessConfig();
  const embedded = database.kind === 'embedded' ? await attachOrStartEmbeddedPostgres({ dataDir, log: say }) : null;
  try {
    const url = database.kind === 'external' ? database.directUrl : (embedded?.url ?? '');
    const { applied, alreadyApplied } = await applyMigrations({ url, log: { info: say, warn: say } });
    say(applied.length === 0 ? `Up to date: ${alreadyApplied} migrations.` : `Applied ${applied.join(', ')}.`);
  } finally {
    await embedded?.stop();
  }
}
