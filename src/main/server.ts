import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { loadOrCreateSecrets } from '#adapters/secret-files';
import type { Config } from '#config';
import { type App, startApp } from '#main/app';
import type { OpenedDatabase } from '#main/database';
import { openMailer } from '#main/mailer';
import { startWorker, type Worker } from '#main/worker';

const SECRET_FIELDS = ['authorization', 'cookie', 'apiKey', 'secret', 'password', 'token'];
const REDACTED = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

const printMail = (text: string): void => void process.stdout.write(`${text}\n`);

/** The server as the configuration wants it, over a database that is open. Tells the data folder where it answers. */
export async function serve(config: Config, database: OpenedDatabase): Promise<App> {
  const { authSecret, sealingKey } = await loadOrCreateSecrets(config.dataDir, config.secrets);
  const app = await startApp({
    config,
    databaseUrl: database.url,
    sharedThrough: config.database.kind === 'external' ? database.directUrl : null,
    authSecret,
    sealer: openAesSealer({ current: sealingKey }),
    log: logOf(config),
    printMail,
  });
  await database.announce(app.url);
  return app;
}

/** The jobs, over a database that is open. */
export function work(config: Config, { url, directUrl }: OpenedDatabase): Promise<Worker> {
  return startWorker({
    databaseUrl: url,
    directUrl,
    settings: config,
    mailer: openMailer(config.mail, printMail),
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    log: logOf(config),
  });
}

// Standard output is for people; what went on goes to standard error as JSON lines.
function logOf({ logLevel }: Config) {
  return pino({ level: logLevel, redact: REDACTED }, pino.destination(2));
}
