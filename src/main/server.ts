import { pino } from 'pino';
import { loadOrCreateSecrets } from '#adapters/secret-files';
import type { Config } from '#config';
import { type App, startApp } from '#main/app';
import type { OpenedDatabase } from '#main/database';

const SECRET_FIELDS = ['authorization', 'cookie', 'apiKey', 'secret', 'password', 'token'];
const REDACTED = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

const printMail = (text: string): void => void process.stdout.write(`${text}\n`);

/** The server as the configuration wants it, over a database that is open. Tells the data folder where it answers. */
export async function serve(config: Config, database: OpenedDatabase): Promise<App> {
  const { authSecret } = await loadOrCreateSecrets(config.dataDir, config.secrets);
  // Standard output is for people; what went on goes to standard error as JSON lines.
  const log = pino({ level: config.logLevel, redact: REDACTED }, pino.destination(2));
  const app = await startApp({ config, databaseUrl: database.url, authSecret, log, printMail });
  await database.announce(app.url);
  return app;
}
