import { findMoved } from '#core/announcements/cursors';
import { type AnnouncementListener, takeStep } from '#core/announcements/step';
import type { Db } from '#core/db';
import type { Bus, Hint } from '#core/events/bus';

const POLL_INTERVAL_MS = 1_000;
/** Hints that come within this time after a look are looked at together: many debits cost one look. */
const LOOK_PAUSE_MS = 40;
/** A busy workspace is taken this often, so that its calls come in batches. */
const STEP_PAUSE_MS = 150;
/** One of which there was nothing to tell, however much it spends. An event of it is looked at at once all the same. */
const QUIET_PAUSE_MS = 1_000;
const STEPS_AT_ONCE = 2;

/**
 * Follows the workspaces that somebody listens to, and tells the listeners what happened there. Hints wake it at once;
 * a poll makes up for those that were lost. Any number may run over one database: a workspace's cursor has a lock.
 */
export class Announcer {
  readonly #db: Db;
  readonly #listeners: readonly AnnouncementListener[];
  readonly #onError: (error: unknown) => void;
  readonly #unsubscribe: () => void;
  readonly #poll: NodeJS.Timeout;
  /** Workspaces that were hinted at since the last look. */
  readonly #hinted = new Set<string>();
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  /** Taken a moment ago: not again before its pause is over. */
  readonly #resting = new Map<string, NodeJS.Timeout>();
  #look: NodeJS.Timeout | null = null;
  #isClosed = false;
  #polling: Promise<void> | null = null;

  constructor(options: {
    db: Db;
    bus: Bus;
    listeners: readonly AnnouncementListener[];
    onError: (error: unknown) => void;
  }) {
    this.#db = options.db;
    this.#listeners = options.listeners;
    this.#onError = options.onError;
    this.#unsubscribe = options.bus.subscribe((hint) => this.#onHint(hint));
    this.#poll = setInterval(() => void this.poll(), POLL_INTERVAL_MS).unref();
    void this.poll();
  }

  /** Looks at every followed workspace now. */
  async poll(): Promise<void> {
    this.#polling ??= this.#lookAt(null).finally(() => {
      this.#polling = null;
    });
    return this.#polling;
  }

  /** Starts no more steps, and waits for those that run. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe();
    clearInterval(this.#poll);
    if (this.#look) clearTimeout(this.#look);
    for (const rest of this.#resting.values()) clearTimeout(rest);
    this.#waiting.clear();
    await this.#polling;
    await Promise.all(this.#running.values());
  }

  #onHint(hint: Hint): void {
    if (this.#isClosed) return;
    if (hint.kind === 'lost') void this.poll();
    if (!('workspaceId' in hint)) return;
    this.#hinted.add(hint.workspaceId);
    if (hint.kind === 'events') this.#wake(hint.workspaceId);
    if (this.#look === null) this.#lookAtHinted();
  }

  #lookAtHinted(): void {
    const hinted = [...this.#hinted];
    this.#hinted.clear();
    this.#look = setTimeout(() => {
      this.#look = null;
      if (this.#hinted.size > 0) this.#lookAtHinted();
    }, LOOK_PAUSE_MS).unref();
    void this.#lookAt(hinted);
  }

  async #lookAt(among: readonly string[] | null): Promise<void> {
    try {
      for (const workspaceId of await findMoved(this.#db, among)) this.#waiting.add(workspaceId);
      this.#start();
    } catch (error) {
      // The next poll finds the same.
      this.#onError(error);
    }
  }

  #start(): void {
    for (const workspaceId of this.#waiting) {
      if (this.#isClosed || this.#running.size >= STEPS_AT_ONCE) return;
      if (this.#running.has(workspaceId) || this.#resting.has(workspaceId)) continue;
      this.#waiting.delete(workspaceId);
      this.#running.set(workspaceId, this.#step(workspaceId));
    }
  }

  /** Ends its pause: something happened that may be told. */
  #wake(workspaceId: string): void {
    const rest = this.#resting.get(workspaceId);
    if (rest) clearTimeout(rest);
    this.#resting.delete(workspaceId);
  }

  async #step(workspaceId: string): Promise<void> {
    let pauseMs = STEP_PAUSE_MS;
    try {
      // Once more after each that moved: what was committed meanwhile had its hint before the lock was free.
      const step = await takeStep(this.#db, this.#listeners, workspaceId);
      if (step) this.#waiting.add(workspaceId);
      if (step?.told === 0) pauseMs = QUIET_PAUSE_MS;
    } catch (error) {
      this.#onError(error);
    }
    this.#running.delete(workspaceId);
    this.#rest(workspaceId, pauseMs);
    this.#start();
  }

  #rest(workspaceId: string, pauseMs: number): void {
    if (this.#isClosed) return;
    const rest = setTimeout(() => {
      this.#resting.delete(workspaceId);
      this.#start();
    }, pauseMs).unref();
    this.#resting.set(workspaceId, rest);
  }
}
