import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { openAesSealer } from '#adapters/aes-sealer';
import { type Inboxes, openInboxes } from '#core/inboxes/inboxes';
import { parseAddressRange } from '#lib/cidr';
import { type App, startApp } from '#main/app';
import { openWay, type Way } from './way.ts';
import { openWorld, type World } from './world.ts';

/** A real server on a free port over a world's database; the world's own bus is not the server's. */
export interface TestServer extends World {
  app: App;
  url: string;
  socketUrl: string;
  inboxes: Inboxes;
  /** Between it and the database; the world's own connections go past it. */
  way: Way | null;
  /** Everything the server logged, one JSON object a line. */
  logLines: string[];
  /** Mails that the development outbox printed. */
  mails: string[];
  /** Posts a form to a route of sign-in, as a page of the server itself would. */
  auth(path: string, body: object, headers?: Record<string, string>): Promise<Response>;
  /** Signs a new person up over HTTP. */
  signUp(person?: Partial<Omit<Person, 'userId' | 'cookie'>>): Promise<Person>;
  /** Posts an operation and returns the parsed body. */
  request(document: string, options?: RequestOptions): Promise<Answer>;
}

/** Somebody with a session of their own. */
export interface Person {
  userId: string;
  name: string;
  email: string;
  password: string;
  /** What their browser sends. */
  cookie: string;
}

/** A body as it came; a test says what it expects by what it reads. */
export interface Answer {
  // oxlint-disable-next-line typescript/no-explicit-any -- every test would otherwise spell out the shape it asserts anyway
  data?: any;
  errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  status: number;
  headers: Headers;
}

export interface RequestOptions {
  variables?: Record<string, unknown>;
  /** An API key, an operator token; sent as a bearer token. */
  token?: string;
  headers?: Record<string, string>;
}

/** What a browser sends back after an answer. */
export function cookieOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}

type AppConfig = Parameters<typeof startApp>[0]['config'];

const CONFIG: AppConfig = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: undefined,
  trustProxy: { kind: 'nobody' },
  corsOrigins: [],
  mail: { smtpUrl: undefined, from: 'Commonpurse <no-reply@localhost>' },
  signIn: { isVerifiedEmailRequired: false, github: undefined },
  metricsToken: undefined,
  redisUrl: undefined,
  idempotencyDays: 30,
  outbound: { allowedRanges: [parseAddressRange('127.0.0.0/8')!], ports: [{ first: 1, last: 65_535 }] },
};

interface ServerOptions {
  signInAttemptsPerMinute?: number;
  /** Whether it takes others to serve over its database. */
  isShared?: boolean;
  /** Another server, over whose database it serves too; its world stays the other's to close. */
  beside?: TestServer;
  /** Whether its way to the database can be cut. */
  hasWay?: boolean;
}

export async function openServer(
  overrides: Partial<AppConfig> = {},
  { signInAttemptsPerMinute = 10_000, isShared = false, beside, hasWay = false }: ServerOptions = {},
): Promise<TestServer> {
  const world = beside ? { ...beside, close: async () => undefined } : await openWorld();
  const way = hasWay ? await openWay(world.databaseUrl) : null;
  const logLines: string[] = [];
  const mails: string[] = [];
  const sealer = openAesSealer({ current: Buffer.alloc(32, 'sealing key') });
  const app = await startApp({
    config: { ...CONFIG, ...overrides },
    databaseUrl: way?.url ?? world.databaseUrl,
    sharedThrough: isShared || beside ? world.databaseUrl : null,
    signInAttemptsPerMinute,
    authSecret: 'a-secret-for-tests-that-is-long-enough',
    sealer,
    log: pino({ level: 'info' }, { write: (line: string) => logLines.push(line) }),
    printMail: (text) => mails.push(text),
  });
  const auth: TestServer['auth'] = (path, body, headers = {}) =>
    fetch(`${app.url}/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: app.url, ...headers },
      body: JSON.stringify(body),
    });
  return {
    ...world,
    app,
    way,
    auth,
    async signUp({ name = 'Grace', email = `${randomUUID()}@example.com`, password = 'correct horse battery' } = {}) {
      const response = await auth('sign-up/email', { name, email, password });
      if (!response.ok) throw new Error(`Sign-up answered ${response.status}: ${await response.text()}`);
      const { id: userId } = await world.db.user.findUniqueOrThrow({ where: { email } });
      return { userId, name, email, password, cookie: cookieOf(response) };
    },
    url: app.url,
    inboxes: openInboxes({ db: world.db, sealer, publicUrl: app.url }),
    socketUrl: `${app.url.replace('http', 'ws')}/graphql`,
    logLines,
    mails,
    async request(document, { variables, token, headers } = {}) {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        body: JSON.stringify({ query: document, variables }),
      });
      return { ...((await response.json()) as object), status: response.status, headers: response.headers };
    },
    async close() {
      // It has last words for its database.
      way?.mend();
      await app.close();
      way?.close();
      await world.close();
    },
  };
}
