import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Auth, openAuth } from '#adapters/better-auth';
import { openGuardedHttp } from '#adapters/guarded-http';
import { openMemoryCounter } from '#adapters/memory-counter';
import { openRedisCounter } from '#adapters/redis/counter';
import type { Config } from '#config';
import { findSessions } from '#core/access/sessions';
import { LastUses } from '#core/api-keys/last-uses';
import { KeyVerifier } from '#core/api-keys/verification';
import { openCredits } from '#core/credits/credits';
import { CREDITS_CONNECTIONS } from '#core/credits/dispatcher';
import { ensureLedgerPartitions } from '#core/credits/partitions';
import { Tidying } from '#core/credits/tidying';
import { type Db, type EventListener, openDb } from '#core/db';
import type { Bus } from '#core/events/bus';
import type { Mailer } from '#core/mail';
import { openInvitations } from '#core/members/invitations';
import { createOperatorToken, OperatorVerifier } from '#core/operators/operator-tokens';
import type { WindowCounter } from '#core/quotas/counter';
import { Guesses } from '#core/quotas/guesses';
import { LiveNodes } from '#core/quotas/live-nodes';
import { Quotas } from '#core/quotas/quotas';
import type { Sealer } from '#core/sealing';
import { openBus } from '#main/bus';
import { contextsOver } from '#main/contexts';
import { openFeeds } from '#main/feeds';
import { composeInboxes } from '#main/inboxes';
import { openMailer } from '#main/mailer';
import { Callers } from '#server/callers';
import { clientAddressReader } from '#server/client-address';
import { openDashboard } from '#server/dashboard';
import { OpenAnswers } from '#server/drain';
import { Exports } from '#server/exports';
import { createGraphqlServer } from '#server/graphql';
import { createRequestListener } from '#server/http';
import { listen } from '#server/listener';
import { Metrics } from '#server/metrics';
import { RightsWatch } from '#server/rights-watch';
import { SharedAccess } from '#server/shared-access';
import { openSockets } from '#server/sockets';

/** Seen from src and from dist alike. */
const DASHBOARD = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

export interface AppOptions {
  config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'publicUrl'
    | 'trustProxy'
    | 'corsOrigins'
    | 'mail'
    | 'signIn'
    | 'metricsToken'
    | 'redisUrl'
    | 'idempotencyDays'
    | 'outbound'
  >;
  databaseUrl: string;
  /** Where the database itself is heard, past any pooler, when other processes may serve over it; null when it is ours alone. */
  sharedThrough: string | null;
  authSecret: string;
  /** Keeps what has to be read again out of whoever has the database alone. */
  sealer: Sealer;
  /** Guesses that one address may make at each form of sign-in; 10 unless given. */
  signInAttemptsPerMinute?: number;
  log: Logger;
  /** Where a mail goes that no SMTP server is there to send. */
  printMail: (text: string) => void;
}

export interface App {
  /** Where people and programs reach it. */
  url: string;
  /** Where this machine reaches it, whatever stands in front. */
  localUrl: string;
  /** For what else runs in this process and wants to hear of commits. */
  bus: Bus;
  /** Whether nobody has ever signed up. */
  isEmpty(): Promise<boolean>;
  /** An operator token's text, the only time it is seen. @throws ValidationFailed */
  mintOperatorToken(name: string): Promise<string>;
  /** Stops taking work, lets what runs finish, tells live clients to come back. */
  close(): Promise<void>;
}

/**
 * The composition root: puts the parts together and listens. The database is migrated and stays the caller's.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port is taken.
 */
export async function startApp(options: AppOptions): Promise<App> {
  // The public URL, which with port 0 is known only once the server listens, decides about cookies and origins.
  const listening = await listen(options.config);
  try {
    const core = await openCore(options);
    const edge = openEdge(options, core, listening.url);
    listening.serve(edge);
    return {
      url: edge.publicUrl,
      localUrl: listening.url,
      bus: core.bus,
      isEmpty: async () => (await core.db.user.count()) === 0,
      mintOperatorToken: async (name) => (await createOperatorToken(core.db, { name })).text,
      async close() {
        await Promise.all([edge.close(), listening.close()]);
        await core.close();
      },
    };
  } catch (error) {
    await listening.close();
    throw error;
  }
}

function errorsTo(log: Logger): (error: unknown) => void {
  return (error) => log.error({ err: error }, 'background work failed');
}

type Core = Awaited<ReturnType<typeof openCore>>;

/** The rules over one database. */
async function openCore(options: AppOptions) {
  const { config, databaseUrl, sharedThrough, log } = options;
  const onError = errorsTo(log);
  const outbound = openGuardedHttp(config.outbound);
  const bus = openBus({ redisUrl: config.redisUrl, sharedThrough }, onError);
  const onEvents: EventListener = (workspaceId, number) => bus.publish({ kind: 'events', workspaceId, number });
  const db = openDb({ url: databaseUrl, onEvents });
  const lastUses = new LastUses({ db, onError });
  const counter = openCounter(config.redisUrl, onError);
  const nodes = sharedThrough === null ? null : await openLiveNodes(db, onError);
  const quotas = new Quotas({ counter, nodes: () => nodes?.count ?? 1 });
  const guesses = new Guesses(counter);
  const keys = new KeyVerifier(db, bus, { guard: guesses, noteUse: (actor) => lastUses.note(actor) });
  const sharedAccess = new SharedAccess(bus);
  // Hears of a hint behind those whose memory it empties: whoever asks then is not told what they remember.
  const rights = new RightsWatch(bus);
  const { feeds, activity, inboxFeeds, close: closeFeeds } = openFeeds({ db, bus, onError });
  // Connections of their own: what the API reads must not keep debits waiting.
  const creditsDb = openDb({ url: databaseUrl, connectionsMax: CREDITS_CONNECTIONS, onEvents });
  const credits = openCredits({
    db: creditsDb,
    bus,
    idempotencyDays: config.idempotencyDays,
    onDecided: (workspaceId, entries) => feeds.offer(workspaceId, entries),
  });
  await ensureLedgerPartitions(db);
  const tidying = new Tidying({ db: creditsDb, credits, onError });
  return {
    db,
    bus,
    keys,
    sharedAccess,
    rights,
    feeds,
    activity,
    inboxFeeds,
    credits,
    quotas,
    counter,
    guesses,
    outbound,
    async close() {
      await tidying.close();
      closeFeeds();
      rights.close();
      sharedAccess.close();
      keys.close();
      await lastUses.close();
      await nodes?.close();
      await counter.close();
      await outbound.close();
      await bus.close();
      await creditsDb.$disconnect();
      await db.$disconnect();
    },
  };
}

/** The routes, the sockets and the people who knock. */
function openEdge(options: AppOptions, core: Core, localUrl: string) {
  const { config, log, sealer } = options;
  const { db, bus, keys, sharedAccess, rights, feeds, activity, inboxFeeds, credits, quotas, guesses, outbound } = core;
  const publicUrl = config.publicUrl ?? localUrl;
  const trustedOrigins = [
    ...new Set([new URL(publicUrl).origin, localUrl, ...loopbackTwins(localUrl), ...config.corsOrigins]),
  ];
  const isTrustedOrigin = (origin: string): boolean => trustedOrigins.includes(origin);
  const mailer = openMailer(config.mail, options.printMail);
  const auth = openSignIn(options, { db, bus, mailer, publicUrl, trustedOrigins });
  const callers = new Callers({
    db,
    shared: sharedAccess,
    keys,
    operators: new OperatorVerifier(db, guesses),
    sessions: auth,
    findSessions: (sessionIds) => findSessions(db, sessionIds),
    isTrustedOrigin,
  });
  const addressOf = clientAddressReader(config.trustProxy);
  const invitations = openInvitations({ db, mailer, publicUrl, onError: (err) => log.error({ err }, 'mail failed') });
  const inboxing = composeInboxes({ ...core, sealer, publicUrl, onError: errorsTo(log) });
  const { inboxes, reception } = inboxing;
  const live = { feeds, activity, inboxFeeds };
  const outward = { bus, sealer, outbound };
  const contextFor = contextsOver(quotas, { db, credits, keys, invitations, inboxes, ...live, ...outward });
  const metrics: Metrics = new Metrics({
    socketsOpen: () => sockets.openCount,
    workspacesWatched: () => feeds.watchedCount,
    cohorts: () => sockets.cohortCount,
  });
  const yoga = createGraphqlServer({ contextFor, rights, log, metrics, corsOrigins: config.corsOrigins });
  const sockets = openSockets({ yoga, callers, bus, metrics: () => metrics, addressOf, isTrustedOrigin });
  const draining = new AbortController();
  const openAnswers = new OpenAnswers();
  const request = createRequestListener({
    yoga,
    callers,
    reception,
    serveAuth: (...exchange) => auth.handle(...exchange),
    exports: new Exports({ callers, contextFor, addressOf, draining: draining.signal, log }),
    metrics,
    metricsToken: config.metricsToken,
    isReady: async () => !draining.signal.aborted && (await answers(db)),
    addressOf,
    dashboard: openDashboard(DASHBOARD, { socketOrigin: new URL(publicUrl).origin.replace(/^http/, 'ws') }),
    corsOrigins: config.corsOrigins,
    openAnswers,
    log,
  });
  return {
    publicUrl,
    request,
    upgrade: sockets.accept,
    async close() {
      draining.abort();
      await Promise.all([sockets.close(), openAnswers.close(), inboxing.close()]);
    },
  };
}

function openSignIn(
  { config, authSecret, signInAttemptsPerMinute = 10, log }: AppOptions,
  place: { db: Db; bus: Bus; mailer: Mailer; publicUrl: string; trustedOrigins: readonly string[] },
): Auth {
  return openAuth({
    ...place,
    ...config.signIn,
    secret: authSecret,
    // Where mails are only printed, nobody waits for one.
    sendsVerificationOnSignUp: config.mail.smtpUrl !== undefined || config.signIn.isVerifiedEmailRequired,
    attemptsPerMinute: signInAttemptsPerMinute,
    onError: (error) => log.error({ err: error }, 'a mail could not be sent'),
  });
}

function openCounter(redisUrl: string | undefined, onError: (error: unknown) => void): WindowCounter {
  const alone = openMemoryCounter();
  return redisUrl === undefined ? alone : openRedisCounter(redisUrl, { alone, onError });
}

async function openLiveNodes(db: Db, onError: (error: unknown) => void): Promise<LiveNodes> {
  const nodes = new LiveNodes({ db, onError });
  await nodes.beat();
  return nodes;
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
