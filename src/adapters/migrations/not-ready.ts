export type NotReadyCode =
  | 'DATABASE_URL_INVALID'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_LOGIN_REFUSED'
  | 'DATABASE_MISSING'
  | 'DATABASE_BUSY'
  | 'DATABASE_RIGHTS_MISSING'
  | 'DATABASE_TOO_OLD'
  | 'MIGRATION_LOCKED'
  | 'MIGRATION_FAILED'
  | 'MIGRATION_EDITED'
  | 'MIGRATION_UNFINISHED'
  | 'MIGRATIONS_DIVERGED'
  | 'MIGRATIONS_MISSING';

/** The database cannot serve this version yet. The message says why and what to do, and holds no password. */
export class DatabaseNotReady extends Error {
  override name = 'DatabaseNotReady';
  readonly code: NotReadyCode;

  constructor(code: NotReadyCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Where a database is, without who signs in and how. Throws DatabaseNotReady for what is no address at all. */
export function placeOf(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    if (!/^postgres(ql)?:$/.test(protocol)) throw new TypeError('not a PostgreSQL address');
    return `${hostname || 'the local socket'}${port ? `:${port}` : ''}${decodeURIComponent(pathname)}`;
  } catch {
    // Never the error itself: it repeats the address, and the address holds the password.
    throw new DatabaseNotReady(
      'DATABASE_URL_INVALID',
      'The database address is not a URL: postgres://user:password@host:5432/name.',
    );
  }
}

/** What a message says of a database: where it is, and the variable to correct. */
export interface DatabaseAddress {
  place: string;
  variable: 'DATABASE_URL' | 'DATABASE_DIRECT_URL';
}

/** Says in our words what the driver could not do; whatever it does not know comes back as it was. */
export function explainDriverError(error: unknown, address: DatabaseAddress): unknown {
  if (error instanceof DatabaseNotReady) return error;
  const code = codeOf(error);
  const explained = code === undefined ? undefined : explanations.find(({ codes }) => codes.test(code));
  if (explained) return new DatabaseNotReady(explained.code, explained.say(address), { cause: error });
  const isConnectionLost =
    error instanceof Error && /^timeout e|^Connection terminated|SSL connection/.test(error.message);
  return isConnectionLost
    ? new DatabaseNotReady('DATABASE_UNREACHABLE', unreachable(address, error.message), { cause: error })
    : error;
}

function codeOf(error: unknown): string | undefined {
  // Several addresses of one host fail together, each with the reason of its own.
  const single: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code } = (single ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

const unreachable = ({ place, variable }: DatabaseAddress, reason: string): string =>
  `No PostgreSQL answers at ${place} (${reason}). Start it, or correct ${variable}.`;

const explanations: readonly { codes: RegExp; code: NotReadyCode; say(address: DatabaseAddress): string }[] = [
  {
    codes: /^E(CONN|HOST|NET|TIMED|PIPE|AI_)|^ENO(TFOUND|ENT)$/,
    code: 'DATABASE_UNREACHABLE',
    say: (address) => unreachable(address, 'connection refused, or no such host'),
  },
  {
    codes: /^28/,
    code: 'DATABASE_LOGIN_REFUSED',
    say: ({ place, variable }) => `PostgreSQL at ${place} refuses this user or password. Correct them in ${variable}.`,
  },
  {
    codes: /^3D000$/,
    code: 'DATABASE_MISSING',
    say: ({ place, variable }) =>
      `There is no database at ${place}. Create it (CREATE DATABASE), or correct the name in ${variable}.`,
  },
  {
    codes: /^(53300|57P0[123])$/,
    code: 'DATABASE_BUSY',
    say: ({ place }) =>
      `PostgreSQL at ${place} takes no connection just now: it is full, starting or stopping. Try again.`,
  },
];
