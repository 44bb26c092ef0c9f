import { type Batch, type Plan, type Waiting, waitingOf } from '#core/credits/batch';
import type { Landing } from '#core/credits/decider';
import type { Deciding } from '#core/credits/dispatcher';

/** What becomes of one workspace's part of a batch. LOST: written, and the answer of the database got lost. */
export type Verdict = 'LANDS' | 'FALLS' | 'LOST';

/** What the decider makes of one command. DOUBTFUL: what is remembered is not enough for it. */
export type Fate = 'DECIDED' | 'REFUSED' | 'DOUBTFUL';

const LANES_MAX = 4;

/** Decides nothing, remembers everything, and complains of a dispatcher that does not keep to its promises. */
export class FakeDecider implements Deciding {
  /** What the dispatcher did wrong. */
  readonly complaints: string[] = [];
  /** The most plans that were being written at once. */
  quickFlightsMost = 0;
  #flights = 0;
  /** What was executed, in that order: the ledger of the fake. */
  readonly executed = new Set<Waiting>();
  /** What was handed to the decider, in the order it was first. */
  readonly seen = new Set<Waiting>();
  readonly answered = new Map<Waiting, number>();
  /** Told when a command is handed over for the first time. */
  onSeen: (waiting: Waiting) => void = () => {};
  readonly #pause: (label: string) => Promise<void>;
  readonly #verdict: () => Verdict;
  readonly #fateOf: (waiting: Waiting) => Fate;
  /** In a batch that is planned or flies. */
  readonly #live = new Set<Waiting>();
  readonly #flying = new Set<string>();
  readonly #known = new Set<string>();
  readonly #nexts = new Map<string, Plan>();
  readonly #void = new Set<Plan>();
  #quick = 0;
  #patient = 0;

  constructor(
    pause: (label: string) => Promise<void>,
    { verdict, fateOf }: { verdict: () => Verdict; fateOf: (waiting: Waiting) => Fate },
  ) {
    this.#pause = pause;
    this.#verdict = verdict;
    this.#fateOf = fateOf;
  }

  /** Whether nothing is planned or in flight. */
  get isIdle(): boolean {
    return this.#live.size + this.#flying.size + this.#nexts.size + this.#quick + this.#patient === 0;
  }

  async plan(batch: Batch): Promise<Plan> {
    this.#quick++;
    for (const [workspaceId, waiting] of batch) {
      this.#takeOff(workspaceId);
      this.#enliven(workspaceId, waiting);
    }
    await this.#pause('read');
    for (const workspaceId of batch.keys()) this.#known.add(workspaceId);
    return planOf(batch);
  }

  planFromKnown(workspaceId: string, take: () => readonly Waiting[]): Plan | null {
    this.#expect(this.#flying.has(workspaceId), 'a next batch is planned while none is in flight');
    this.#expect(!this.#nexts.has(workspaceId), 'two next batches are planned');
    if (!this.#known.has(workspaceId)) return null;
    const waiting = take();
    this.#enliven(workspaceId, waiting);
    const plan = planOf(new Map([[workspaceId, waiting]]));
    this.#nexts.set(workspaceId, plan);
    return plan;
  }

  async write(plan: Plan): Promise<Landing> {
    this.#expect(!this.#void.has(plan), 'a batch is written that was planned on top of one that fell');
    for (const { workspaceId } of plan.parts) {
      if (this.#nexts.get(workspaceId) !== plan) continue;
      this.#nexts.delete(workspaceId);
      this.#quick++;
      this.#takeOff(workspaceId);
    }
    this.#flights++;
    this.quickFlightsMost = Math.max(this.quickFlightsMost, this.#flights);
    await this.#pause('write');
    this.#flights--;
    const undecided = new Map<string, readonly Waiting[]>();
    const fallen = new Set<string>();
    const answerable: Waiting[] = [];
    for (const { workspaceId, doubtful: waiting } of plan.parts) {
      const certain = waiting.filter((one) => this.#fateOf(one) !== 'DOUBTFUL');
      const verdict = certain.some((one) => this.executed.has(one)) ? 'FALLS' : this.#verdict();
      if (verdict !== 'FALLS') this.#execute(certain);
      if (verdict === 'LANDS') answerable.push(...certain);
      else fallen.add(workspaceId);
      const left = verdict === 'LANDS' ? waiting.filter((one) => this.#fateOf(one) === 'DOUBTFUL') : waiting;
      if (left.length > 0) undecided.set(workspaceId, left);
    }
    await this.#pause('answer of the database');
    this.#quick--;
    for (const workspaceId of fallen) this.#fall(workspaceId);
    for (const { workspaceId, doubtful: waiting } of plan.parts) this.#comeDown(workspaceId, waiting);
    return { undecided, fallen, answer: () => this.#answer(answerable) };
  }

  async decidePatiently(workspaceId: string, waiting: readonly Waiting[]): Promise<void> {
    this.#patient++;
    this.#expect(this.#patient <= LANES_MAX, 'more patient lanes are taken than there are');
    this.#takeOff(workspaceId);
    this.#enliven(workspaceId, waiting);
    await this.#pause('lock');
    const verdict = this.#verdict();
    if (verdict !== 'FALLS') this.#execute(waiting);
    await this.#pause('commit');
    this.#known.add(workspaceId);
    this.#patient--;
    this.#comeDown(workspaceId, waiting);
    this.#answer(waiting, verdict === 'LANDS' ? null : new Error('unknown outcome'));
  }

  #expect(isSo: boolean, otherwise: string): void {
    if (!isSo) this.complaints.push(otherwise);
  }

  #takeOff(workspaceId: string): void {
    this.#expect(!this.#flying.has(workspaceId), 'two batches of a workspace are in flight');
    this.#flying.add(workspaceId);
  }

  #comeDown(workspaceId: string, waiting: readonly Waiting[]): void {
    this.#flying.delete(workspaceId);
    for (const one of waiting) this.#live.delete(one);
  }

  #enliven(workspaceId: string, waiting: readonly Waiting[]): void {
    this.#expect(waiting.length > 0, 'a batch is empty');
    for (const one of waiting) {
      this.#expect(one.command.workspaceId === workspaceId, 'a command is in the batch of another workspace');
      this.#expect(!this.#live.has(one), 'a command is in two live batches');
      this.#expect(!this.answered.has(one), 'a command is decided again after its answer');
      this.#live.add(one);
      if (!this.seen.has(one)) this.onSeen(one);
      this.seen.add(one);
    }
  }

  #execute(commands: readonly Waiting[]): void {
    for (const one of commands) if (this.#fateOf(one) !== 'REFUSED') this.executed.add(one);
  }

  /** What was planned on top of it is void, and comes back with it. */
  #fall(workspaceId: string): void {
    this.#known.delete(workspaceId);
    const next = this.#nexts.get(workspaceId);
    if (!next) return;
    this.#nexts.delete(workspaceId);
    this.#void.add(next);
    for (const one of next.parts.flatMap(waitingOf)) this.#live.delete(one);
  }

  #answer(commands: readonly Waiting[], failure: Error | null = null): void {
    for (const waiting of commands) {
      this.answered.set(waiting, (this.answered.get(waiting) ?? 0) + 1);
      const refusal = failure ?? (this.#fateOf(waiting) === 'REFUSED' ? new Error('refused') : null);
      if (refusal) waiting.reject(refusal);
      else waiting.resolve({ replayed: false });
    }
  }
}

function planOf(batch: Batch): Plan {
  const parts = Array.from(batch, ([workspaceId, doubtful]) => ({ workspaceId, attempt: null, doubtful }));
  return { parts, decisions: null };
}
