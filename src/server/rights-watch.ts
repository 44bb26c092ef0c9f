import type { Bus, Hint } from '#core/events/bus';
import { isNews } from '#core/events/bus';

/** Sessions that ended without a word, or by their time, are found this soon. */
const POLL_MS = 1_000;
const POLL_BATCH = 1_000;

/** One whom a change of rights may concern. */
interface Watcher {
  workspaceId: string;
  /** The session that it lives by, if any. */
  sessionId: string | null;
  /** Told in the tick of the hint, so that nothing is sent in between. */
  doubt: () => void;
}

interface RightsWatchOptions {
  bus: Bus;
  /** Which of these sessions are over. */
  findEnded: (sessionIds: readonly string[]) => Promise<string[]>;
  onError: (error: unknown) => void;
}

/** Whom a change of rights may concern: streams that say nothing for hours must hear of it, and of their session's end. */
export class RightsWatch {
  readonly #options: RightsWatchOptions;
  readonly #byWorkspace = new Map<string, Set<Watcher>>();
  readonly #bySession = new Map<string, Set<Watcher>>();
  readonly #unsubscribe: () => void;
  readonly #poll: NodeJS.Timeout;
  #isPolling = false;

  constructor(options: RightsWatchOptions) {
    this.#options = options;
    this.#unsubscribe = options.bus.subscribe((hint) => this.#onHint(hint));
    this.#poll = setInterval(() => void this.#pollSessions(), POLL_MS).unref();
  }

  /** @returns what ends the watching. */
  watch(watcher: Watcher): () => void {
    const { workspaceId, sessionId } = watcher;
    join(this.#byWorkspace, workspaceId, watcher);
    if (sessionId !== null) join(this.#bySession, sessionId, watcher);
    return () => {
      leave(this.#byWorkspace, workspaceId, watcher);
      if (sessionId !== null) leave(this.#bySession, sessionId, watcher);
    };
  }

  close(): void {
    clearInterval(this.#poll);
    this.#unsubscribe();
  }

  #onHint(hint: Hint): void {
    if (isNews(hint)) return;
    for (const watchers of this.#concernedBy(hint)) for (const { doubt } of watchers) doubt();
  }

  #concernedBy(hint: Exclude<Hint, { seq: bigint } | { number: bigint }>): Iterable<ReadonlySet<Watcher>> {
    if (hint.kind === 'lost') return this.#byWorkspace.values();
    const watchers =
      hint.kind === 'session' ? this.#bySession.get(hint.sessionId) : this.#byWorkspace.get(hint.workspaceId);
    return watchers ? [watchers] : [];
  }

  /** One question for all sessions that somebody here lives by. */
  async #pollSessions(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    try {
      const ids = [...this.#bySession.keys()];
      for (let start = 0; start < ids.length; start += POLL_BATCH) {
        const ended = await this.#options.findEnded(ids.slice(start, start + POLL_BATCH));
        for (const sessionId of ended) this.#options.bus.publishHere({ kind: 'session', sessionId });
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isPolling = false;
    }
  }
}

function join(groups: Map<string, Set<Watcher>>, name: string, watcher: Watcher): void {
  const group = groups.get(name);
  if (group) group.add(watcher);
  else groups.set(name, new Set([watcher]));
}

function leave(groups: Map<string, Set<Watcher>>, name: string, watcher: Watcher): void {
  const group = groups.get(name);
  group?.delete(watcher);
  if (group?.size === 0) groups.delete(name);
}
