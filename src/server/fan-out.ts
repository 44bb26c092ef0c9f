import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveStep } from '#graph/subscriptions';
import type { LiveSubscription } from '#server/live-subscription';
import type { Outlet } from '#server/outlet';

/** How long a cohort waits for those of it whose sockets are full, before it goes on without them. */
const ROOM_MS = 50;

type Steps = AsyncIterator<LiveStep, void>;

/**
 * The subscribers of all sockets. Each follows its stream alone until it has caught up; then it joins those who are sent
 * the same, and one stream is run for all of them. Who reads too slowly for its cohort goes on alone from where it was.
 */
export class FanOut {
  readonly #cohorts = new Map<string, Cohort>();
  readonly #onBehind: () => void;

  /** @param onBehind Called for each subscriber that its cohort leaves behind. */
  constructor(onBehind: () => void) {
    this.#onBehind = onBehind;
  }

  /** @returns the cohort it belongs to from now on, which may take over its stream; null while it must go on alone. */
  join(subscriber: Subscriber, { steps, isCaughtUp }: { steps: Steps; isCaughtUp: boolean }): Cohort | null {
    const name = subscriber.live.cohort;
    const known = this.#cohorts.get(name);
    if (known) {
      if (subscriber.seq < known.seq) return null;
      void steps.return?.();
      known.add(subscriber);
      return known;
    }
    if (!isCaughtUp) return null;
    const cohort = new Cohort(subscriber, {
      steps,
      onBehind: this.#onBehind,
      onOver: () => {
        if (this.#cohorts.get(name) === cohort) this.#cohorts.delete(name);
      },
    });
    this.#cohorts.set(name, cohort);
    void cohort.run();
    return cohort;
  }
}

interface CohortOptions {
  steps: Steps;
  onBehind: () => void;
  onOver: () => void;
}

/** Subscribers that have come equally far on streams that say the same. The stream of its founder is run for all. */
class Cohort {
  /** Everything up to here was sent to all of them. */
  seq: bigint;
  /** Its founder's, which says the same as those of all who joined. */
  readonly live: LiveSubscription;
  readonly #members: Set<Subscriber>;
  readonly #options: CohortOptions;
  #full: Subscriber[] = [];

  constructor(founder: Subscriber, options: CohortOptions) {
    this.seq = founder.seq;
    this.live = founder.live;
    this.#members = new Set([founder]);
    this.#options = options;
  }

  add(subscriber: Subscriber): void {
    this.#members.add(subscriber);
  }

  /** The last to leave ends it. */
  leave(subscriber: Subscriber): void {
    if (!this.#members.delete(subscriber) || this.#members.size > 0) return;
    this.#options.onOver();
    void this.#options.steps.return?.();
  }

  async run(): Promise<void> {
    const { steps, onOver } = this.#options;
    let lastWord: Buffer | undefined;
    try {
      for (let step = await steps.next(); !step.done; step = await steps.next()) {
        for (const event of step.value.events) {
          const payload = await this.live.payloadOf(event);
          if (this.#full.length > 0) await this.#makeRoom();
          const isAlone = step.value.events.length === 1;
          this.live.count(event, this.#send(payload, { seq: event.seq ?? this.seq, isAlone }));
        }
        this.seq = step.value.seq;
      }
    } catch (error) {
      void steps.return?.();
      lastWord = await this.live.lastPayload(error);
    }
    onOver();
    for (const member of this.#members) member.finish(lastWord);
  }

  /** @returns how many it was sent to. */
  #send(payload: Buffer, { seq, isAlone }: { seq: bigint; isAlone: boolean }): number {
    let count = 0;
    for (const member of this.#members) {
      // Who joined while this was on its way may have heard it before.
      if (seq <= member.seq) continue;
      if (isAlone) member.writeAlone(payload);
      else member.write(payload);
      count++;
      if (member.isFull) this.#full.push(member);
    }
    this.seq = seq;
    return count;
  }

  async #makeRoom(): Promise<void> {
    const full = this.#full;
    this.#full = [];
    const waiting = new AbortController();
    const enough = sleep(ROOM_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all(full.map((member) => member.hasRoom())), enough]);
    waiting.abort();
    for (const member of full) {
      if (!member.isFull || !this.#members.has(member)) continue;
      this.#options.onBehind();
      this.leave(member);
      member.goOnAlone(this.seq > member.seq ? this.seq : member.seq);
    }
  }
}

interface SubscriberOptions {
  live: LiveSubscription;
  /** Under which its client knows the operation. */
  id: string;
  outlet: Outlet;
  fanOut: FanOut;
  /** Called when the stream ends with an error, which may be that its credential died. */
  onFault: () => void;
}

/**
 * One stream of one socket. To the protocol's library, which would put each event in text for each subscriber, it is an
 * iterator that yields none of them: it hears only that the stream is over.
 */
export class Subscriber implements AsyncIterableIterator<never, void> {
  /** Its own while it is alone; then its cohort's, so that thousands do not keep what each of them began with. */
  live: LiveSubscription;
  /** As far as it came alone; a cohort may have come further with it since. */
  seq = 0n;
  readonly #options: Omit<SubscriberOptions, 'live'>;
  /** Its own stream while it is alone. */
  #steps: Steps | null = null;
  #cohort: Cohort | null = null;
  #isOver = false;
  #onOver: (() => void) | null = null;

  constructor({ live, ...options }: SubscriberOptions) {
    this.live = live;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#options.outlet.isFull;
  }

  hasRoom(): Promise<void> {
    return this.#options.outlet.hasRoom();
  }

  write(payload: Buffer): void {
    this.#options.outlet.write(this.#options.id, payload);
  }

  writeAlone(payload: Buffer): void {
    this.#options.outlet.writeAlone(this.#options.id, payload);
  }

  /** Begins, and resolves when the stream is over. */
  async next(): Promise<IteratorResult<never, void>> {
    if (!this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#onOver = resolve;
        this.goOnAlone();
      });
    }
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<never, void>> {
    this.finish();
    return { done: true, value: undefined };
  }

  throw(): Promise<IteratorResult<never, void>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the stream, after a last word where there is one. */
  finish(lastWord?: Buffer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cohort?.leave(this);
    void this.#steps?.return?.();
    if (lastWord) {
      this.write(lastWord);
      this.#options.onFault();
    }
    this.#onOver?.();
  }

  /** Follows the stream from there on by itself, as fast as its socket takes it, until there is a cohort to join. */
  goOnAlone(after?: bigint): void {
    this.#cohort = null;
    this.#steps = this.live.stream.steps(after);
    void this.#follow(this.#steps);
  }

  async #follow(steps: Steps): Promise<void> {
    const { live } = this;
    let lastWord: Buffer | undefined;
    try {
      await this.hasRoom();
      for (let step = await steps.next(); !step.done; step = await steps.next()) {
        for (const event of step.value.events) {
          const payload = await live.payloadOf(event);
          await this.hasRoom();
          if (this.#isOver) return;
          this.write(payload);
          live.count(event, 1);
        }
        this.seq = step.value.seq;
        if (this.#isOver) return;
        this.#cohort = this.#options.fanOut.join(this, { steps, isCaughtUp: step.value.isCaughtUp });
        if (this.#cohort) {
          this.live = this.#cohort.live;
          this.#steps = null;
          return;
        }
      }
    } catch (error) {
      void steps.return?.();
      lastWord = await live.lastPayload(error);
    }
    this.finish(lastWord);
  }
}
