import { type Bus, type Hint, isNews } from '#core/events/bus';

/** Nobody goes on unasked for longer, whatever hint was lost and whatever ended by itself. */
const ASKED_EVERY_MS = 5_000;
const TICK_MS = 500;

/** One whom a change of rights may concern. */
interface Watcher {
  workspaceId: string;
  /** The session that it lives by, if any. */
  sessionId: string | null;
  /** Told in the tick of the hint, so that nothing is sent in between. */
  doubt: () => void;
}

/**
 * Whom a change of rights may concern: streams that say nothing for hours must hear of it. Everybody is asked now and
 * then besides, a few at a time: not every end of a credential is told.
 */
export class RightsWatch {
  readonly #byWorkspace = new Map<string, Set<Watcher>>();
  readonly #bySession = new Map<string, Set<Watcher>>();
  /** All, who was asked longest ago first. */
  readonly #askedAt = new Map<Watcher, number>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(bus: Bus) {
    this.#unsubscribe = bus.subscribe((hint) => this.#onHint(hint));
    this.#timer = setInterval(() => this.#askSome(), TICK_MS).unref();
  }

  /** @returns what ends the watching. */
  watch(watcher: Watcher): () => void {
    const { workspaceId, sessionId } = watcher;
    this.#askedAt.set(watcher, performance.now());
    join(this.#byWorkspace, workspaceId, watcher);
    if (sessionId !== null) join(this.#bySession, sessionId, watcher);
    return () => {
      this.#askedAt.delete(watcher);
      leave(this.#byWorkspace, workspaceId, watcher);
      if (sessionId !== null) leave(this.#bySession, sessionId, watcher);
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  #onHint(hint: Hint): void {
    if (isNews(hint)) return;
    for (const watchers of this.#concernedBy(hint)) for (const watcher of watchers) this.#ask(watcher);
  }

  #concernedBy(hint: Exclude<Hint, { seq: bigint } | { number: bigint }>): Iterable<ReadonlySet<Watcher>> {
    if (hint.kind === 'lost') return this.#byWorkspace.values();
    const watchers =
      hint.kind === 'session' ? this.#bySession.get(hint.sessionId) : this.#byWorkspace.get(hint.workspaceId);
    return watchers ? [watchers] : [];
  }

  #askSome(): void {
    const due = performance.now() - ASKED_EVERY_MS;
    // Those that came together are due together: so many at each turn that all have theirs in time.
    const most = Math.ceil((this.#askedAt.size * TICK_MS) / ASKED_EVERY_MS);
    const asked: Watcher[] = [];
    for (const [watcher, askedAt] of this.#askedAt) {
      if (askedAt > due || asked.length === most) break;
      asked.push(watcher);
    }
    for (const watcher of asked) this.#ask(watcher);
  }

  #ask(watcher: Watcher): void {
    this.#askedAt.delete(watcher);
    this.#askedAt.set(watcher, performance.now());
    watcher.doubt();
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
