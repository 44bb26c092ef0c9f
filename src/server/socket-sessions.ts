import type { WebSocket } from 'ws';
import type { Actor } from '#core/access/actor';
import { CredentialExpired, Forbidden, Unauthenticated } from '#core/errors';
import type { Bus, Hint } from '#core/events/bus';
import type { Caller } from '#server/callers';
import type { Metrics } from '#server/metrics';

/** Documented in docs/sockets.md. Stock clients retry 4403, 1012 and 1013, and give up on 4400 and 4401. */
export const CLOSE_CODES = {
  badMessage: 4400,
  credentialDied: 4401,
  expiredOrForbidden: 4403,
  restarting: 1012,
  tryLater: 1013,
} as const;

/** Streams end first, each with its own error; then the socket that their credential opened. */
const STREAMS_FIRST_MS = 100;

interface SocketSession {
  caller: Caller;
  actor: Actor;
}

/** Who is behind each open socket, for as long as their credential lives. */
export class SocketSessions {
  readonly #sessions = new Map<WebSocket, SocketSession>();
  readonly #metrics: () => Metrics;
  readonly #unsubscribe: () => void;

  constructor(bus: Bus, metrics: () => Metrics) {
    this.#metrics = metrics;
    this.#unsubscribe = bus.subscribe((hint) => this.#onHint(hint));
  }

  add(socket: WebSocket, session: SocketSession): void {
    this.#sessions.set(socket, session);
    socket.once('close', () => this.#sessions.delete(socket));
  }

  /** Closes a socket with a code of ours, and counts it. */
  end(socket: WebSocket, code: number, reason: string): void {
    if (socket.readyState !== socket.OPEN) return;
    this.#metrics().socketsClosed.inc({ code: String(code) });
    socket.close(code, closeReason(reason));
  }

  /** Ends the socket if its credential died; a death that no hint told of shows first in the answer to an operation. */
  check(socket: WebSocket): void {
    const session = this.#sessions.get(socket);
    // A database that is away decides nothing: the next operation or event asks again.
    if (session && session.actor.kind !== 'NOBODY') this.#endIfDead(socket, session).catch(() => undefined);
  }

  close(): void {
    this.#unsubscribe();
  }

  #onHint(hint: Hint): void {
    if (hint.kind === 'credits') return;
    for (const [socket, { actor }] of this.#sessions) if (isConcerned(actor, hint)) this.check(socket);
  }

  async #endIfDead(socket: WebSocket, { caller }: SocketSession): Promise<void> {
    const code = await caller.recheck().then(
      ({ actor }) => (actor.kind === 'NOBODY' ? CLOSE_CODES.credentialDied : null),
      (error: unknown) => codeOf(error) ?? null,
    );
    if (code !== null) setTimeout(() => this.end(socket, code, 'Credential ended'), STREAMS_FIRST_MS).unref();
  }
}

/** The code that tells a client why its credential does not do; undefined for errors that say nothing of it. */
export function codeOf(error: unknown): number | undefined {
  if (error instanceof CredentialExpired || error instanceof Forbidden) return CLOSE_CODES.expiredOrForbidden;
  return error instanceof Unauthenticated ? CLOSE_CODES.credentialDied : undefined;
}

function isConcerned(actor: Actor, hint: Exclude<Hint, { kind: 'credits' }>): boolean {
  if (hint.kind === 'lost') return true;
  return hint.kind === 'session'
    ? actor.kind === 'USER' && actor.sessionId === hint.sessionId
    : actor.kind === 'API_KEY' && actor.workspaceId === hint.workspaceId;
}

/** A close frame carries at most 123 bytes. */
function closeReason(message: string): string {
  return Buffer.from(message)
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\ufffd$/, '');
}
