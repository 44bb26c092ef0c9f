import type { WebSocket } from 'ws';
import type { Actor } from '#core/access/actor';
import { CredentialExpired, Forbidden, Unauthenticated } from '#core/errors';
import { type Bus, type Hint, isNews, type News } from '#core/events/bus';
import type { Caller } from '#server/callers';
import type { Metrics } from '#server/metrics';
import type { SocketStreams } from '#server/socket-streams';

/**
 * Documented in docs/sockets.md. Of these, stock clients give up on 1002, 1007, 1008, 1009, 4400 and 4401, and retry the
 * rest.
 */
export const CLOSE_CODES = {
  badFrame: 1002,
  /** Never sent: what a client finds that was not told anything. */
  gone: 1006,
  badText: 1007,
  tooManyParts: 1008,
  tooLarge: 1009,
  tooSlow: 4013,
  tooManyOperations: 4430,
  tooManySockets: 4431,
  tooManyMessages: 4432,
  badMessage: 4400,
  idInUse: 4409,
  credentialDied: 4401,
  expiredOrForbidden: 4403,
  restarting: 1012,
  tryLater: 1013,
} as const;

/** Streams end first, each with its own error; then the socket that their credential opened. */
const STREAMS_FIRST_MS = 100;

/** Of one key, person or operator on one node; of all strangers at one address. */
const SOCKETS_PER_CALLER_MAX = 10_000;

/** Who opened a socket, and what runs on it. */
interface SocketSession {
  caller: Caller;
  streams: Pick<SocketStreams, 'cursors'>;
}

/** One of whom there may be thousands of sockets. */
interface Opener {
  name: string;
  actor: Actor;
  sockets: number;
}

/** Who is behind each open socket, for as long as their credential lives. */
export class SocketSessions {
  readonly #sessions = new Map<WebSocket, SocketSession & { opener: Opener }>();
  readonly #openers = new Map<string, Opener>();
  /** Sockets whose end is counted: what comes behind it is none of its own. */
  readonly #ended = new WeakSet<WebSocket>();
  readonly #socketsPerCaller: number;
  readonly #metrics: () => Metrics;
  readonly #unsubscribe: () => void;

  constructor(bus: Bus, metrics: () => Metrics, socketsPerCaller = SOCKETS_PER_CALLER_MAX) {
    this.#socketsPerCaller = socketsPerCaller;
    this.#metrics = metrics;
    this.#unsubscribe = bus.subscribe((hint) => this.#onHint(hint));
  }

  /** @returns whether the caller, who this is, may have one more. */
  add(socket: WebSocket, actor: Actor, session: SocketSession): boolean {
    const name = nameOf(actor);
    const opener = this.#openers.get(name) ?? { name, actor, sockets: 0 };
    if (opener.sockets >= this.#socketsPerCaller) return false;
    opener.sockets++;
    this.#openers.set(name, opener);
    this.#sessions.set(socket, { ...session, opener });
    return true;
  }

  /** Forgets one that is closed. */
  remove(socket: WebSocket): void {
    const opener = this.#sessions.get(socket)?.opener;
    this.#sessions.delete(socket);
    if (opener && --opener.sockets === 0) this.#openers.delete(opener.name);
  }

  /** Counts a close that somebody else has sent, if it is the socket's first. */
  note(socket: WebSocket, code: number): void {
    if (this.#ended.has(socket)) return;
    this.#ended.add(socket);
    this.#metrics().socketsClosed.inc({ code: String(code) });
  }

  /** Closes a socket with a code of ours, and counts it. */
  end(socket: WebSocket, code: number, reason: string): void {
    if (socket.readyState !== socket.OPEN) return;
    this.note(socket, code);
    socket.close(code, closeReason(reason));
  }

  /** Gives up a socket whose client hears nothing more. */
  drop(socket: WebSocket): void {
    this.note(socket, CLOSE_CODES.gone);
    socket.terminate();
  }

  /** Parts with one that reads too slowly, and says from where each of its streams goes on: all that fits. */
  endSlow(socket: WebSocket): void {
    const cursors: Record<string, string> = {};
    for (const [id, cursor] of this.#sessions.get(socket)?.streams.cursors() ?? []) {
      if (Buffer.byteLength(slowReason({ ...cursors, [id]: cursor })) <= REASON_BYTES_MAX) cursors[id] = cursor;
    }
    this.end(socket, CLOSE_CODES.tooSlow, slowReason(cursors));
  }

  /** Ends the socket if its credential died; a death that no hint told of shows first in the answer to an operation. */
  check(socket: WebSocket): void {
    const session = this.#sessions.get(socket);
    // A database that is away decides nothing: the next operation or event asks again.
    if (session && session.opener.actor.kind !== 'NOBODY') this.#endIfDead(socket, session).catch(() => undefined);
  }

  close(): void {
    this.#unsubscribe();
  }

  #onHint(hint: Hint): void {
    if (isNews(hint)) return;
    for (const [socket, { caller, opener }] of this.#sessions)
      if (isConcerned({ caller, actor: opener.actor }, hint)) this.check(socket);
  }

  async #endIfDead(socket: WebSocket, { caller }: SocketSession): Promise<void> {
    const death = await caller.recheck().then(
      ({ actor }) => (actor.kind === 'NOBODY' ? new Unauthenticated('This session has ended.') : null),
      (error: unknown) => error,
    );
    const code = codeOf(death);
    if (code === undefined) return;
    setTimeout(() => this.end(socket, code, (death as Error).message), STREAMS_FIRST_MS).unref();
  }
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'USER':
      return `user ${actor.userId}`;
    case 'API_KEY':
      return `key ${actor.apiKeyId}`;
    case 'OPERATOR':
      return `operator ${actor.operatorTokenId}`;
    case 'NOBODY':
      return `nobody ${actor.address}`;
  }
}

/** The code that tells a client why its credential does not do; undefined for errors that say nothing of it. */
export function codeOf(error: unknown): number | undefined {
  if (error instanceof CredentialExpired || error instanceof Forbidden) return CLOSE_CODES.expiredOrForbidden;
  return error instanceof Unauthenticated ? CLOSE_CODES.credentialDied : undefined;
}

function isConcerned({ caller, actor }: { caller: Caller; actor: Actor }, hint: Exclude<Hint, News>): boolean {
  if (hint.kind === 'lost') return true;
  if (hint.kind === 'session') return caller.sessionId === hint.sessionId;
  return actor.kind === 'API_KEY' && actor.workspaceId === hint.workspaceId;
}

function slowReason(cursors: Readonly<Record<string, string>>): string {
  return `Read faster: come back with after ${JSON.stringify(cursors)}`;
}

/** A close frame carries at most 123 bytes. */
const REASON_BYTES_MAX = 120;

function closeReason(message: string): string {
  return Buffer.from(message)
    .subarray(0, REASON_BYTES_MAX)
    .toString('utf8')
    .replace(/\ufffd$/, '');
}
