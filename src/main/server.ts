import { pino } from 'pino';
import { loadOrCreateSecrets } from '#adapters/secret-files';
import type { Config } from '#config';
import { type App, startApp } from '#main/app';
import type { OpenedDatabase } from '#main/database';
import { openMailer } from '#main/mailer';
import { openSealer } from '#main/sealer';
import { startWorker, type Worker } from '#main/worker';

const SECRET_FIELDS = ['authorization', 'cookie', 'apiKey', 'secret', 'password', 'token'];
const REDACTED = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

const printMail = (text: string): void => void process.stdout.write(`${text}\n`);

/** The server as the configuration wants it, over a database that is open. Tells the data folder where it answers. */
export async function serve(config: Config, database: OpenedDatabase): Promise<App> {
  const { authSecret, sealer } = await openSecrets(config, database);
  const app = await startApp({
    config,
    databaseUrl: database.url,
    sharedThrough: sharedThrough(config, database),
    authSecret,
    sealer,
    log: logOf(config),
    printMail,
  });
  await database.announce(app.url);
  return app;
}

/** The jobs and whatever is told others, over a database that is open; beside a server of this process if one is given. */
export async function work(config: Config, database: OpenedDatabase, beside?: App): Promise<Worker> {
  const { sealer } = await openSecrets(config, database);
  return startWorker({
    databaseUrl: database.url,
    directUrl: database.directUrl,
    sharedThrough: sharedThrough(config, database),
    bus: beside?.bus,
    sealer,
    settings: config,
    mailer: openMailer(config.mail, printMail),
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    log: logOf(config),
  });
}

/** Throws WrongSealingKey before anything is opened over the database. */
async function openSecrets({ dataDir, secrets, previousSealingKeys: previous }: Config, { url }: OpenedDatabase) {
  const { authSecret, sealingKey: current } = await loadOrCreateSecrets(dataDir, secrets);
  return { authSecret, sealer: await openSealer(url, { current, previous }) };
}

function sharedThrough({ database }: Config, { directUrl }: OpenedDatabase): string | null {
  return database.kind === 'external' ? directUrl : null;
}

// Standard output is for people; what went on goes to standard error as JSON lines.
function logOf({ logLevel }: Config) {
  return pino({ level: logLevel, redact: REDACTED }, pino.destination(2));
}
