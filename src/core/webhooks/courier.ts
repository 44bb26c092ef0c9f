import type { Db } from '#core/db';
import { SealBroken } from '#core/sealing';
import { type Carrier, refused } from '#core/webhooks/carrier';
import { type Claim, claimDeliveries, findDueEndpoints } from '#core/webhooks/claims';
import { type Attempted, type Disabled, isTaken, settleAttempts } from '#core/webhooks/settlement';

export interface CourierOptions {
  db: Db;
  /** Of deliveries to webhook endpoints, and of those to integrations. */
  carriers: { webhooks: Carrier; integrations: Carrier };
  onDisabled: (disabled: Disabled) => void;
  onError: (error: unknown) => void;
  /** What time it is for schedules, leases and signatures; the real one unless given. */
  clock?: () => Date;
}

const POLL_INTERVAL_MS = 1_000;
/** Requests at once: to an endpoint that answers, to one whose last answer was a failure, to an integration, and to all. */
const AT_ONCE = { working: 8, failing: 1, paced: 1, all: 512 };
/** Of all, how many may be second ones and more: the rest is for endpoints with none, whom those that are slow must not keep waiting. */
const FURTHER_AT_ONCE = 256;
/** Between two messages to an integration, since those that people read take about one a second. */
const PACE_MS = 1_000;
/** Ends of attempts wait this long for others, to be written together. */
const GATHER_MS = 4;
const SETTLED_TOGETHER_MAX = 200;

/**
 * Attempts the deliveries that are due. Each endpoint has lanes of its own, and one that fails has a single one: what
 * hangs keeps nobody waiting but itself. Any number of couriers may work over one database.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #clock: () => Date;
  readonly #poll: NodeJS.Timeout;
  readonly #inFlight = new Map<string, number>();
  readonly #failing = new Set<string>();
  readonly #paced = new Set<string>();
  /** Endpoints that may have something due. */
  readonly #due = new Set<string>();
  readonly #ended: { attempted: Attempted; written: () => void }[] = [];
  readonly #attempts = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #flying = 0;
  #claiming: Promise<void> | null = null;
  #settling: Promise<void> | null = null;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => new Date());
    this.#poll = setInterval(() => void this.look(null), POLL_INTERVAL_MS).unref();
    void this.look(null);
  }

  /** Takes what is due now, of one workspace or of all. Never throws. */
  async look(workspaceId: string | null): Promise<void> {
    if (this.#closing.signal.aborted) return;
    try {
      for (const { id, isPaced } of await findDueEndpoints(this.#options.db, this.#clock(), workspaceId)) {
        this.#due.add(id);
        if (isPaced) this.#paced.add(id);
      }
      await this.#claim();
    } catch (error) {
      // The next poll finds the same.
      this.#options.onError(error);
    }
  }

  /** Begins no more attempts; those under way end within their time-out, and are written down. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#poll);
    await this.idle();
  }

  /** Resolves once nothing is under way and everything is written down. */
  async idle(): Promise<void> {
    while (this.#claiming || this.#attempts.size > 0 || this.#settling) {
      await this.#claiming;
      await Promise.all(this.#attempts);
      await this.#settling;
    }
  }

  async #claim(): Promise<void> {
    this.#claiming ??= this.#claimOnce().finally(() => {
      this.#claiming = null;
    });
    await this.#claiming;
    // What became due, or free, while the claim was made.
    if (this.#claiming === null && this.#rooms().size > 0) await this.#claim();
  }

  async #claimOnce(): Promise<void> {
    const rooms = this.#rooms();
    if (rooms.size === 0) return;
    const claims = await claimDeliveries(this.#options.db, { rooms, at: this.#clock() });
    for (const [endpointId, room] of rooms) {
      const taken = claims.filter((claim) => claim.endpointId === endpointId).length;
      // With all its room taken there may be more; else whoever adds some says so.
      if (taken < room) this.#due.delete(endpointId);
    }
    for (const claim of claims) this.#begin(claim);
  }

  /** How many more each endpoint with something due may be sent at once: one to each, and then further ones. */
  #rooms(): Map<string, number> {
    const rooms = new Map<string, number>();
    let left = this.#closing.signal.aborted ? 0 : AT_ONCE.all - this.#flying;
    for (const id of this.#due) {
      if (left === 0) break;
      if (this.#inFlight.has(id)) continue;
      rooms.set(id, 1);
      left--;
    }
    const further = [...this.#inFlight.values()].reduce((sum, count) => sum + count - 1, 0);
    left = Math.min(left, FURTHER_AT_ONCE - further);
    for (const id of this.#due) {
      const first = rooms.get(id) ?? 0;
      const room = Math.min(left, this.#lanesOf(id) - (this.#inFlight.get(id) ?? 0) - first);
      if (room <= 0) continue;
      rooms.set(id, first + room);
      left -= room;
    }
    return rooms;
  }

  #lanesOf(endpointId: string): number {
    if (this.#paced.has(endpointId)) return AT_ONCE.paced;
    return this.#failing.has(endpointId) ? AT_ONCE.failing : AT_ONCE.working;
  }

  #begin(claim: Claim): void {
    const { endpointId } = claim;
    this.#flying++;
    this.#inFlight.set(endpointId, (this.#inFlight.get(endpointId) ?? 0) + 1);
    if (claim.isFailing) this.#failing.add(endpointId);
    const attempt = this.#attempt(claim).finally(() => {
      this.#attempts.delete(attempt);
      this.#flying--;
      if (this.#paced.has(endpointId)) setTimeout(() => this.#free(endpointId), PACE_MS).unref();
      else this.#free(endpointId);
    });
    this.#attempts.add(attempt);
  }

  /** One more may be sent to this endpoint. */
  #free(endpointId: string): void {
    const left = (this.#inFlight.get(endpointId) ?? 1) - 1;
    if (left > 0) this.#inFlight.set(endpointId, left);
    else this.#inFlight.delete(endpointId);
    if (this.#due.size > 0) void this.#claim().catch(this.#options.onError);
  }

  async #attempt(claim: Claim): Promise<void> {
    const attempted = await this.#send(claim);
    if (isTaken(attempted)) this.#failing.delete(claim.endpointId);
    else this.#failing.add(claim.endpointId);
    const written = this.#write(attempted);
    // An ordered endpoint's next one must find this one over.
    if (claim.isOrdered) {
      await written;
      this.#due.add(claim.endpointId);
    }
  }

  #write(attempted: Attempted): Promise<void> {
    return new Promise((resolve) => {
      this.#ended.push({ attempted, written: resolve });
      this.#settling ??= this.#settle();
    });
  }

  async #send(claim: Claim): Promise<Attempted> {
    const startedAt = this.#clock();
    const { webhooks, integrations } = this.#options.carriers;
    try {
      const carried = await (claim.provider === null ? webhooks : integrations)(claim, startedAt);
      return { claim, startedAt, endedAt: this.#clock(), ...carried };
    } catch (error) {
      this.#options.onError(error);
      const failure =
        error instanceof SealBroken ? 'The secret could not be opened.' : 'The request could not be made.';
      return { claim, startedAt, endedAt: this.#clock(), ...refused(failure) };
    }
  }

  /** Writes what ended, together, until nothing waits; what cannot be written is tried again by whoever finds its lease over. */
  async #settle(): Promise<void> {
    while (this.#ended.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const together = this.#ended.splice(0, SETTLED_TOGETHER_MAX);
      try {
        const disabled = await settleAttempts(
          this.#options.db,
          together.map(({ attempted }) => attempted),
        );
        for (const one of disabled) this.#options.onDisabled(one);
      } catch (error) {
        this.#options.onError(error);
      }
      for (const { written } of together) written();
    }
    this.#settling = null;
  }
}
