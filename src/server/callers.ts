import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Access } from '#core/access/access';
import type { Actor } from '#core/access/actor';
import type { Sessions, SignedIn } from '#core/access/sessions';
import type { KeyVerifier } from '#core/api-keys/verification';
import type { Db } from '#core/db';
import { CredentialExpired, Forbidden, Unauthenticated } from '#core/errors';
import type { OperatorVerifier } from '#core/operators/operator-tokens';
import { onceReachable } from '#core/outage';
import { GroupedReads } from '#lib/grouped-reads';
import type { SharedAccess } from '#server/shared-access';

/** One request or one socket: who says they are whom, from where. */
export interface Caller {
  requestId: string;
  /** What it says who it is by, and from where: the same for all that may do the same. Secret. */
  credential: string;
  address: string | null;
  /** The session that it was last known by; null for whoever has none. */
  readonly sessionId: string | null;
  /** Whether it still waits to be known, where it waits for a database that is away. */
  readonly isWaiting: () => boolean;
  /** Headers that an answer over HTTP carries beside its own; null on a socket. */
  answerHeaders: Record<string, string> | null;
  /** Who it is now. @throws Unauthenticated, Forbidden */
  identify(): Promise<Actor>;
  /**
   * Who it is now and what it may do, for every event of a subscription: one answer for all that one credential opened,
   * until something changes. @throws Unauthenticated, Forbidden
   */
  recheck(): Promise<Access>;
}

export interface Credentials {
  authorization: string | undefined;
  cookie: string | undefined;
  /** Origin header of the request or of the socket's upgrade. */
  origin: string | undefined;
}

const REQUEST_ID = /^[\w.:-]{8,64}$/;
const BEARER = /^Bearer +(\S{1,256}) *$/i;

/** Session cookie, API key, operator token or nobody: the only place that decides which. */
export class Callers {
  readonly #keys: KeyVerifier;
  readonly #operators: OperatorVerifier;
  readonly #sessions: Sessions;
  readonly #isTrustedOrigin: (origin: string) => boolean;
  readonly #door: Door;

  constructor(options: {
    db: Db;
    shared: SharedAccess;
    keys: KeyVerifier;
    operators: OperatorVerifier;
    sessions: Sessions;
    /** Sessions by their ids, those whose time is over too. */
    findSessions: (sessionIds: readonly string[]) => Promise<Map<string, SignedIn>>;
    isTrustedOrigin: (origin: string) => boolean;
  }) {
    this.#keys = options.keys;
    this.#operators = options.operators;
    this.#sessions = options.sessions;
    this.#isTrustedOrigin = options.isTrustedOrigin;
    const { db, shared } = options;
    const sessions = new GroupedReads(options.findSessions);
    this.#door = {
      db,
      shared,
      identify: (credentials, visit) => this.#identify(credentials, visit),
      sessionOf: (sessionId) => sessions.of(sessionId),
    };
  }

  caller(credentials: Credentials, visit: Visit): Caller {
    return new CredentialCaller(this.#door, credentials, visit);
  }

  async #identify(
    { authorization, cookie, origin }: Credentials,
    { address, wasLetIn }: { address: string | null; wasLetIn: boolean },
  ): Promise<Identity> {
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
      if (token === undefined) throw new Unauthenticated('Send the credential as "Authorization: Bearer cp_live_...".');
      const verifier = token.startsWith('cp_op_') ? this.#operators : this.#keys;
      return { actor: await verifier.verify(token, address, wasLetIn), session: null };
    }
    const session = cookie === undefined ? null : await this.#sessions.find(cookie);
    if (session === null) return { actor: { kind: 'NOBODY', address }, session };
    // The browser attaches the cookie to requests that a foreign page makes; it also says whose page it was.
    if (origin !== undefined && !this.#isTrustedOrigin(origin)) {
      throw new Forbidden('This page may not use your session: its origin is not allowed (CORS_ORIGINS).');
    }
    const { userId, sessionId } = session;
    return { actor: { kind: 'USER', userId, sessionId, address }, session };
  }
}

/** How somebody came. */
interface Visit {
  address: string | null;
  requestId?: string | undefined;
  /** Where an answer has headers. */
  answerHeaders?: Record<string, string>;
  /** Whether it still waits to be known, where it waits for a database that is away; left out, it does not. */
  isWaiting?: () => boolean;
}

interface Identity {
  actor: Actor;
  session: SignedIn | null;
}

/** What all callers are known by. */
interface Door {
  db: Db;
  shared: SharedAccess;
  identify(credentials: Credentials, visit: { address: string | null; wasLetIn: boolean }): Promise<Identity>;
  /** One that was found before, as it is now. */
  sessionOf(sessionId: string): Promise<SignedIn | undefined>;
}

const impatient = (): boolean => false;

/** A caller by what it sent. Every open socket keeps one, so it holds little. */
class CredentialCaller implements Caller {
  readonly credential: string;
  readonly address: string | null;
  readonly answerHeaders: Record<string, string> | null;
  readonly #door: Door;
  readonly #credentials: Credentials;
  readonly isWaiting: () => boolean;
  #requestId: string | undefined;
  #session: SignedIn | null = null;
  #wasLetIn = false;

  constructor(door: Door, credentials: Credentials, { address, requestId, answerHeaders, isWaiting }: Visit) {
    this.#door = door;
    this.#credentials = credentials;
    this.address = address;
    this.answerHeaders = answerHeaders ?? null;
    this.isWaiting = isWaiting ?? impatient;
    this.credential = JSON.stringify([credentials, address]);
    // A caller's own id is kept when it is harmless in a log line.
    this.#requestId = requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : undefined;
  }

  /** Made for whoever looks: most sockets are never asked. */
  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }

  get sessionId(): string | null {
    return this.#session?.sessionId ?? null;
  }

  async identify(): Promise<Actor> {
    const { actor, session } = await onceReachable(() => this.#look(), this.isWaiting);
    this.#wasLetIn = true;
    this.#session ??= session;
    return actor;
  }

  /** A cookie is read once; afterwards its session is asked for together with those of others. */
  async #look(): Promise<Identity> {
    const { address } = this;
    if (!this.#session) return this.#door.identify(this.#credentials, { address, wasLetIn: this.#wasLetIn });
    const session = await this.#door.sessionOf(this.#session.sessionId);
    if (!session) return { actor: { kind: 'NOBODY', address }, session: null };
    const { userId, sessionId, expiresAt } = session;
    if (expiresAt.getTime() <= Date.now()) throw new CredentialExpired('Your session has expired: sign in again.');
    return { actor: { kind: 'USER', userId, sessionId, address }, session };
  }

  recheck(): Promise<Access> {
    return this.#door.shared.of(this.credential, async () => new Access(this.#door.db, await this.identify()));
  }
}

export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  return { authorization: headers.authorization, cookie: headers.cookie, origin: headers.origin };
}
