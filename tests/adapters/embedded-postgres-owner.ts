import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { EmbeddedPostgresFailed } from '#adapters/embedded-postgres/failure';
import { DataFolderInUse } from '#adapters/embedded-postgres/instance';

/** A server reduced to its database, as a process of its own that tests can kill. Speaks JSON lines. */
const [dataDir = ''] = process.argv.slice(2);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const database = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  await database.announce('http://127.0.0.1:4000');
  const stay = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => clearInterval(stay));
  process.once('SIGTERM', () => void database.stop());
  // A drain that takes its time, as after Ctrl-C.
  process.once('SIGINT', () => setTimeout(() => say({ drained: true }), 300));
  process.once('SIGHUP', () => process.exit(1));
  say({ url: database.url, pid: process.pid });
} catch (error) {
  if (!(error instanceof DataFolderInUse || error instanceof EmbeddedPostgresFailed)) throw error;
  say({ refusal: error.message });
}
