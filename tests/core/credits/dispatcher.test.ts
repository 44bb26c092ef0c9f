import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  infiniteStream,
  integer,
  record,
  type Scheduler,
  scheduler,
} from 'fast-check';
import { expect, test } from 'vitest';
import type { Waiting } from '#core/credits/batch';
import type { Command } from '#core/credits/command';
import { Dispatcher } from '#core/credits/dispatcher';
import { Unavailable } from '#core/errors';
import { FakeDecider, type Fate, type Verdict } from './fake-decider.ts';

/** As in dispatcher.ts: each takes a connection. */
const QUICK_LANES = 4;
const WAITING_MAX = 1_000;
const WAITING_IN_ALL_MAX = 20_000;
const RUNS = Number(process.env['TRIAL_RUNS'] ?? 100);

interface Call extends Command {
  index: number;
  fate: Fate;
}

interface Burst {
  workspaceId: string;
  line: string;
  count: number;
  fates: readonly Fate[];
}

/** A dispatcher over a fake decider, and what its callers saw. */
class Trial {
  readonly decider: FakeDecider;
  readonly dispatcher: Dispatcher;
  readonly complaints: string[] = [];
  /** Answers of each call. */
  readonly answers = new Map<Call, ('DECIDED' | 'FAILED' | 'OVERLOADED')[]>();
  /** By workspace: how many wait in each line, and how many of each were taken. */
  readonly #lines = new Map<string, { waiting: Map<string, number>; taken: Map<string, number> }>();
  readonly #places = new Map<Call, { ahead: number; taken: Map<string, number> }>();

  constructor(pause: (label: string) => Promise<void>, verdict: () => Verdict) {
    this.decider = new FakeDecider(pause, { verdict, fateOf: (waiting) => callOf(waiting).fate });
    this.decider.onSeen = (waiting) => this.#onSeen(callOf(waiting));
    this.dispatcher = new Dispatcher(this.decider);
  }

  submit({ workspaceId, line, count, fates }: Burst): void {
    for (let i = 0; i < count; i++)
      this.#submit(makeCall(workspaceId, line, this.answers.size, fates[i % fates.length]));
  }

  #submit(call: Call): void {
    const { waiting, taken } = this.#linesOf(call);
    const mustRefuse = [...waiting.values()].reduce((sum, count) => sum + count, 0) >= WAITING_MAX;
    const answers: ('DECIDED' | 'FAILED' | 'OVERLOADED')[] = [];
    this.answers.set(call, answers);
    const answer = (error?: unknown): void => {
      const isOverload = error instanceof Unavailable;
      if (isOverload !== mustRefuse) this.complaints.push(`a call is ${mustRefuse ? 'taken' : 'refused'} wrongly`);
      answers.push(isOverload ? 'OVERLOADED' : error ? 'FAILED' : 'DECIDED');
    };
    this.dispatcher.submit(call).then(() => answer(), answer);
    if (mustRefuse) return;
    const ahead = waiting.get(call.line) ?? 0;
    this.#places.set(call, { ahead, taken: new Map(taken) });
    waiting.set(call.line, ahead + 1);
  }

  #linesOf({ workspaceId }: Call): { waiting: Map<string, number>; taken: Map<string, number> } {
    const lines = this.#lines.get(workspaceId) ?? { waiting: new Map(), taken: new Map() };
    this.#lines.set(workspaceId, lines);
    return lines;
  }

  /** The lines take turns: as many of each other line went first as stood before the call in its own, and one more at most. */
  #onSeen(call: Call): void {
    const { waiting, taken } = this.#linesOf(call);
    const place = this.#places.get(call);
    for (const [line, count] of taken) {
      const passed = count - (place?.taken.get(line) ?? 0);
      if (line !== call.line && passed > (place?.ahead ?? 0) + 1)
        this.complaints.push(`${passed} of ${line} went first`);
    }
    taken.set(call.line, (taken.get(call.line) ?? 0) + 1);
    waiting.set(call.line, (waiting.get(call.line) ?? 0) - 1);
  }

  /** What went wrong, once nothing is left to do. */
  violations(): string[] {
    const { complaints, isIdle, executed: done, seen, answered } = this.decider;
    const found = [...complaints, ...this.complaints];
    if (!isIdle) found.push('something is still in flight');
    if ([...answered.values()].some((count) => count !== 1)) found.push('a call is answered twice');
    const executed = new Set(Array.from(done, callOf));
    const handedOver = new Set(Array.from(seen, callOf));
    for (const [call, [answer, ...more]] of this.answers) {
      if (answer === undefined || more.length > 0) found.push('a caller has not exactly one answer');
      if (answer === 'DECIDED' && !executed.has(call)) found.push('what was not executed is answered');
      if (handedOver.has(call) !== (answer !== 'OVERLOADED')) found.push('what was refused is handed to the decider');
    }
    const lastOf = new Map<string, number>();
    for (const { workspaceId, line, index, fate } of executed) {
      // What is known of it does not suffice, so it is read again while others go on.
      if (fate === 'DOUBTFUL') continue;
      if (index < (lastOf.get(`${workspaceId} ${line}`) ?? 0)) found.push('a later call of a line is decided first');
      lastOf.set(`${workspaceId} ${line}`, index);
    }
    return found;
  }
}

const callOf = ({ command }: Waiting): Call => command as Call;

const unasked = (): never => {
  throw new Error('The fake decides');
};

function makeCall(workspaceId: string, line: string, index: number, fate: Fate = 'DECIDED'): Call {
  const none = new Uint8Array();
  const keyedBy = [{ idempotencyKeyHash: none, requestHash: none }];
  return { workspaceId, line, index, fate, keyedBy, needs: {}, decide: unasked, replay: unasked };
}

const bursts = array(
  record<Burst>({
    workspaceId: constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    line: constantFrom('x', 'y', 'z'),
    count: integer({ min: 1, max: 90 }),
    fates: array(constantFrom<Fate>('DECIDED', 'DECIDED', 'DECIDED', 'REFUSED', 'DOUBTFUL'), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  { minLength: 1, maxLength: 24 },
);

const verdicts = infiniteStream(constantFrom<Verdict>('LANDS', 'LANDS', 'LANDS', 'FALLS', 'LOST'));

async function runTrial(
  schedule: Scheduler,
  calls: readonly Burst[],
  verdictStream: Iterator<Verdict>,
): Promise<Trial> {
  const pause = (label: string): Promise<void> => schedule.schedule(Promise.resolve(), label);
  const trial = new Trial(pause, () => verdictStream.next().value as Verdict);
  for (const burst of calls) void pause('calls').then(() => trial.submit(burst));
  await schedule.waitIdle();
  return trial;
}

/** Two plans were made, one on top of the other, while the first waited for a lane. */
const FOUND_ONCE = { seed: -1_231_639_468, numRuns: 18 };

test('in whatever order things happen, each call is decided once, answered once, and in its turn', async () => {
  for (const run of [FOUND_ONCE, { numRuns: RUNS }]) {
    await assert(
      asyncProperty(scheduler(), bursts, verdicts, async (schedule, calls, stream) => {
        const trial = await runTrial(schedule, calls, stream);
        expect(trial.violations()).toEqual([]);
      }),
      run,
    );
  }
}, 60_000);

test('a flood of one workspace is refused beyond its bound, and what waits is decided all the same', async () => {
  const flood = record<Burst>({
    workspaceId: constantFrom('a', 'b'),
    line: constantFrom('x', 'y', 'z'),
    count: integer({ min: 200, max: 900 }),
    fates: array(constantFrom<Fate>('DECIDED', 'REFUSED'), { minLength: 1, maxLength: 2 }),
  });
  await assert(
    asyncProperty(
      scheduler(),
      array(flood, { minLength: 3, maxLength: 8 }),
      verdicts,
      async (schedule, calls, stream) => {
        const trial = await runTrial(schedule, calls, stream);
        expect(trial.violations()).toEqual([]);
      },
    ),
    { numRuns: Math.ceil(RUNS / 20) },
  );
}, 60_000);

test('20,000 may wait for all workspaces together, again and again', async () => {
  const trial = new Trial(
    async () => {},
    () => 'LANDS',
  );
  for (let round = 0; round < 3; round++) {
    const before = trial.answers.size;
    for (let i = 0; i < 20; i++) {
      trial.submit({ workspaceId: `w${i}`, line: 'x', count: WAITING_IN_ALL_MAX / 20, fates: ['DECIDED'] });
    }
    await expect(trial.dispatcher.submit(makeCall('late', 'x', -1))).rejects.toThrow(Unavailable);
    await expect.poll(() => [...trial.answers.values()].every((answers) => answers.length === 1)).toBe(true);
    expect(trial.answers.size - before).toBe(WAITING_IN_ALL_MAX);
  }
  expect(trial.violations()).toEqual([]);
});

test('however many workspaces are busy, the quick batches in flight stay within their lanes', async () => {
  const trial = new Trial(
    async () => {},
    () => 'LANDS',
  );
  for (let round = 0; round < 4; round++) {
    for (const workspaceId of 'abcdefgh') trial.submit({ workspaceId, line: 'x', count: 80, fates: ['DECIDED'] });
    await Promise.resolve();
  }
  await expect.poll(() => [...trial.answers.values()].every((answers) => answers.length === 1)).toBe(true);
  expect(trial.decider.quickFlightsMost).toBeLessThanOrEqual(QUICK_LANES);
  expect([...trial.complaints, ...trial.decider.complaints]).toEqual([]);
});
