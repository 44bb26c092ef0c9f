import type { Logger } from 'pino';
import { openAuth } from '#adapters/better-auth';
import { openOutbox, openSmtpMailer } from '#adapters/mail';
import { openMemoryBus } from '#adapters/memory-bus';
import type { Config } from '#config';
import { Access } from '#core/access/access';
import { KeyVerifier } from '#core/api-keys/verification';
import { openCredits } from '#core/credits/credits';
import { ledgerFeedReader } from '#core/credits/feed-reader';
import { ensureLedgerPartitions } from '#core/credits/partitions';
import { type Db, openDb } from '#core/db';
import { Feeds } from '#core/events/feed';
import { OperatorVerifier } from '#core/operators/operator-tokens';
import type { Context } from '#graph/context';
import { type Caller, Callers } from '#server/callers';
import { clientAddressReader } from '#server/client-address';
import { createGraphqlServer } from '#server/graphql';
import { createRequestListener } from '#server/http';
import { listen } from '#server/listener';
import { Metrics } from '#server/metrics';
import { openSockets } from '#server/sockets';

export interface AppOptions {
  config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'trustProxy' | 'corsOrigins' | 'mail' | 'metricsToken'>;
  databaseUrl: string;
  authSecret: string;
  log: Logger;
  /** Where a mail goes that no SMTP server is there to send. */
  printMail: (text: string) => void;
}

export interface App {
  /** Where people and programs reach it. */
  url: string;
  db: Db;
  /** Stops taking work, lets what runs finish, tells live clients to come back. */
  close(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;

/**
 * The composition root: puts the parts together and listens. The database is migrated and stays the caller's.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port is taken.
 */
export async function startApp({ config, databaseUrl, authSecret, log, printMail }: AppOptions): Promise<App> {
  const onError = (error: unknown): void => log.error({ err: error }, 'background work failed');
  const db = openDb({ url: databaseUrl });
  const bus = openMemoryBus(onError);
  const keys = new KeyVerifier(db, bus);
  const feeds = new Feeds({ bus, reader: ledgerFeedReader(db), onError });
  const credits = openCredits({ db, bus });
  await ensureLedgerPartitions(db);
  const partitions = setInterval(() => void ensureLedgerPartitions(db).catch(onError), DAY_MS).unref();

  const contextFor = async (caller: Caller): Promise<Context> => {
    const actor = await caller.identify();
    return { db, actor, access: new Access(db, actor), credits, keys, feeds, bus, refresh: () => contextFor(caller) };
  };

  // The routes need the public URL, which with port 0 is known only once the server listens.
  const listening = await listen(config);
  const publicUrl = config.publicUrl ?? listening.url;
  const trustedOrigins = [
    ...new Set([new URL(publicUrl).origin, listening.url, ...loopbackTwins(listening.url), ...config.corsOrigins]),
  ];
  const isTrustedOrigin = (origin: string): boolean => trustedOrigins.includes(origin);
  const mailer = config.mail.smtpUrl
    ? openSmtpMailer({ url: config.mail.smtpUrl, from: config.mail.from })
    : openOutbox(printMail);
  const auth = openAuth({ db, bus, mailer, secret: authSecret, publicUrl, trustedOrigins });
  const callers = new Callers({ keys, operators: new OperatorVerifier(db), sessions: auth, isTrustedOrigin });
  const addressOf = clientAddressReader(config.trustProxy);

  const metrics: Metrics = new Metrics({
    socketsOpen: () => sockets.openCount,
    workspacesWatched: () => feeds.watchedCount,
  });
  const yoga = createGraphqlServer({ contextFor, log, metrics, corsOrigins: config.corsOrigins });
  const sockets = openSockets({ yoga, callers, bus, metrics: () => metrics, addressOf, isTrustedOrigin });
  let isDraining = false;
  const answer = createRequestListener({
    yoga,
    callers,
    serveAuth: (request, response) => auth.handle(request, response),
    metrics,
    metricsToken: config.metricsToken,
    isReady: async () => !isDraining && (await answers(db)),
    addressOf,
    corsOrigins: config.corsOrigins,
    log,
  });
  listening.serve({ request: answer, upgrade: (...upgrade) => sockets.accept(...upgrade) });

  return {
    url: publicUrl,
    db,
    async close() {
      isDraining = true;
      clearInterval(partitions);
      await Promise.all([sockets.close(), listening.close()]);
      feeds.close();
      keys.close();
      await bus.close();
      await db.$disconnect();
    },
  };
}

async function answers(db: Db): Promise<boolean> {
  try {
    await db.$queryRaw`SELECT 1`;
    return true;
  } catch {
    // Whatever it is, the database cannot serve; its own errors are logged where they matter.
    return false;
  }
}

/** A browser writes one loopback address several ways; to it they are different origins. */
function loopbackTwins(url: string): string[] {
  return url.includes('//localhost:')
    ? [url.replace('//localhost:', '//127.0.0.1:'), url.replace('//localhost:', '//[::1]:')]
    : [];
}
