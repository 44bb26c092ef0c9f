import { type Batch, type Plan, type Waiting, waitingOf } from '#core/credits/batch';
import type { Command } from '#core/credits/command';
import type { Decider } from '#core/credits/decider';
import { Unavailable } from '#core/errors';
import { FairQueue } from '#lib/fair-queue';

/** Commands in one transaction: more make each wait longer and the whole hardly faster. */
const BATCH_MAX = 256;
/** So many waiting make a workspace busy: a batch then leaves half of them to the next, which is decided meanwhile. */
const BUSY_MIN = 32;
/** Commands that may wait for one workspace; beyond it a call is refused before anything is decided. */
const WAITING_MAX = 1_000;
/** And for all workspaces together. */
const WAITING_IN_ALL_MAX = 20_000;
/** Batches in flight that decide from what is known, and workspaces that wait for their lock. Each takes a connection. */
const QUICK_LANES = 4;
const PATIENT_LANES = 4;

/** Connections that the credits of a process use at most at once. */
export const CREDITS_CONNECTIONS = QUICK_LANES + PATIENT_LANES;

/** Batches that go on patiently, at most, after a workspace was found to be decided about elsewhere too. */
const PATIENT_TURNS_MAX = 32;

/** What decides, for the dispatcher. */
export type Deciding = Pick<Decider, keyof Decider>;

interface Queue {
  readonly waiting: FairQueue<Waiting>;
  /** `planned`: the next batch is decided and waits for a lane; nothing is decided on top of it until it flies. */
  inFlight: 'nothing' | 'planned' | 'quick' | 'patient';
  /** A batch that is decided already, from what the quick one in flight will have left; it falls with it. */
  next: Plan | null;
  /** What a quick batch left undecided: the first to go. */
  undecided: Waiting[];
  /**
   * Batches to decide patiently before a quick one is tried again, and how many the next disappointment makes. The first
   * makes none: another process decided in between, and what is read anew is right most often.
   */
  patientTurns: number;
  patientTurnsNext: number;
}

/**
 * Gathers commands while batches are in flight, and sends at once when none is: no timer. One batch of a workspace is in
 * flight at a time; a busy one's next is decided meanwhile. Workspaces share quick batches; one that others hold up waits
 * in a lane of its own.
 */
export class Dispatcher {
  readonly #decider: Deciding;
  readonly #queues = new Map<string, Queue>();
  /** Workspaces with something to decide and no batch in flight, in the order they came. */
  readonly #ready = new Set<string>();
  /** Busy workspaces whose next batch can be decided while one is in flight. */
  readonly #busy = new Set<string>();
  /** Batches that are decided already and wait for a lane: the first to fly. */
  readonly #planned: Plan[] = [];
  #waiting = 0;
  #quickLanes = QUICK_LANES;
  #patientLanes = PATIENT_LANES;
  #isScheduled = false;

  constructor(decider: Deciding) {
    this.#decider = decider;
  }

  /** Settles once the command is decided and durable. @throws Unavailable when too many wait; nothing was decided then. */
  submit<Answer>(command: Command<Answer>): Promise<Answer> {
    const { workspaceId, line } = command;
    const queue = this.#queueOf(workspaceId);
    if (queue.waiting.size >= WAITING_MAX || this.#waiting >= WAITING_IN_ALL_MAX) {
      return Promise.reject(new Unavailable(OVERLOADED));
    }
    return new Promise((resolve, reject) => {
      queue.waiting.push(line, { command, since: performance.now(), resolve: resolve as Waiting['resolve'], reject });
      this.#waiting++;
      this.#enlist(workspaceId, queue);
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      // What is submitted in the same tick goes along.
      queueMicrotask(() => {
        this.#isScheduled = false;
        this.#dispatch();
      });
    });
  }

  #queueOf(workspaceId: string): Queue {
    const known = this.#queues.get(workspaceId);
    if (known) return known;
    const queue: Queue = {
      waiting: new FairQueue(),
      inFlight: 'nothing',
      next: null,
      undecided: [],
      patientTurns: 0,
      patientTurnsNext: 0,
    };
    this.#queues.set(workspaceId, queue);
    return queue;
  }

  #enlist(workspaceId: string, { waiting, inFlight, next, undecided }: Queue): void {
    if (inFlight === 'nothing') {
      if (undecided.length > 0 || waiting.size > 0) this.#ready.add(workspaceId);
    } else if (inFlight === 'quick' && waiting.size >= BUSY_MIN && next === null && undecided.length === 0) {
      this.#busy.add(workspaceId);
    }
  }

  #dispatch(): void {
    for (const workspaceId of this.#ready) {
      if (this.#patientLanes === 0) break;
      const queue = this.#queueOf(workspaceId);
      if (queue.patientTurns > 0) void this.#goPatiently(workspaceId, queue);
    }
    while (this.#quickLanes > 0) {
      const batch = this.#nextBatch();
      if (batch.size === 0) break;
      void this.#goQuickly(batch);
    }
    for (const workspaceId of this.#busy) {
      this.#busy.delete(workspaceId);
      const queue = this.#queueOf(workspaceId);
      if (queue.inFlight === 'quick' && queue.next === null) this.#planNext(workspaceId, queue);
    }
  }

  #nextBatch(): Map<string, readonly Waiting[]> {
    const batch = new Map<string, readonly Waiting[]>();
    let room = BATCH_MAX;
    for (const workspaceId of this.#ready) {
      if (room <= 0) break;
      const queue = this.#queueOf(workspaceId);
      if (queue.patientTurns > 0) continue;
      const share = Math.max(BUSY_MIN, Math.ceil(queue.waiting.size / 2));
      const taken = this.#takeUndecided(workspaceId, queue) ?? this.#take(workspaceId, queue, Math.min(room, share));
      room -= taken.length;
      batch.set(workspaceId, taken);
      queue.inFlight = 'quick';
      this.#enlist(workspaceId, queue);
    }
    return batch;
  }

  #planNext(workspaceId: string, queue: Queue): void {
    queue.next = this.#decider.planFromKnown(workspaceId, () => this.#take(workspaceId, queue, BATCH_MAX));
  }

  async #goQuickly(batch: Batch): Promise<void> {
    this.#quickLanes--;
    await this.#fly(await this.#decider.plan(batch));
  }

  /** Takes a plan through; the lane that it flies in is taken already. */
  async #fly(plan: Plan): Promise<void> {
    const { undecided, fallen, answer } = await this.#decider.write(plan);
    this.#quickLanes++;
    for (const { workspaceId } of plan.parts) {
      const queue = this.#queueOf(workspaceId);
      const { next } = queue;
      queue.next = null;
      const hasFallen = fallen.has(workspaceId);
      const left = [...(undecided.get(workspaceId) ?? []), ...(hasFallen && next ? next.parts.flatMap(waitingOf) : [])];
      if (left.length > 0) {
        queue.undecided.push(...left);
        queue.patientTurns = hasFallen ? queue.patientTurnsNext : 1;
      }
      queue.patientTurnsNext = hasFallen ? Math.min(Math.max(1, queue.patientTurnsNext * 2), PATIENT_TURNS_MAX) : 0;
      if (next && !hasFallen) {
        queue.inFlight = 'planned';
        this.#planned.push(next);
      } else this.#land(workspaceId, queue);
    }
    this.#flyPlanned();
    answer();
    this.#dispatch();
  }

  /** One landing frees one lane, and each of its workspaces may have a plan waiting for one. */
  #flyPlanned(): void {
    while (this.#quickLanes > 0) {
      const plan = this.#planned.shift();
      if (!plan) return;
      this.#quickLanes--;
      for (const { workspaceId } of plan.parts) {
        const queue = this.#queueOf(workspaceId);
        queue.inFlight = 'quick';
        this.#enlist(workspaceId, queue);
      }
      void this.#fly(plan);
    }
  }

  async #goPatiently(workspaceId: string, queue: Queue): Promise<void> {
    this.#patientLanes--;
    queue.patientTurns--;
    queue.inFlight = 'patient';
    const waiting = this.#takeUndecided(workspaceId, queue) ?? this.#take(workspaceId, queue, BATCH_MAX);
    await this.#decider.decidePatiently(workspaceId, waiting);
    this.#patientLanes++;
    this.#land(workspaceId, queue);
    this.#dispatch();
  }

  #takeUndecided(workspaceId: string, queue: Queue): readonly Waiting[] | null {
    const { undecided } = queue;
    if (undecided.length === 0) return null;
    this.#ready.delete(workspaceId);
    queue.undecided = [];
    return undecided;
  }

  #take(workspaceId: string, queue: Queue, max: number): readonly Waiting[] {
    this.#ready.delete(workspaceId);
    const taken = queue.waiting.take(max);
    this.#waiting -= taken.length;
    return taken;
  }

  #land(workspaceId: string, queue: Queue): void {
    queue.inFlight = 'nothing';
    this.#enlist(workspaceId, queue);
    if (!this.#ready.has(workspaceId)) this.#queues.delete(workspaceId);
  }
}

const OVERLOADED =
  'Too many calls of this workspace are waiting; nothing was decided. Retry with the same idempotency key.';
