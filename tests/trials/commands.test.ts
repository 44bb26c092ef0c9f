import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import {
  assert,
  type AsyncCommand,
  asyncModelRun,
  asyncProperty,
  boolean,
  commands,
  constant,
  integer,
  nat,
  option,
  record,
} from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { openCredits } from '#core/credits/credits';
import { violationsOf } from '../world/invariants.ts';
import { openWorld, type TestWorkspace, type World } from '../world/world.ts';
import { type Attempt, isDefinite, violationsOfHistory } from './history.ts';
import { readLedger } from './ledger.ts';
import type { Send } from './load.ts';
import type { Request } from './model.ts';
import { sendTo } from './sends.ts';

const RUNS = Number(process.env['TRIAL_RUNS'] ?? 20);
const PROCESSES = 2;
/** More than a floating-point number holds to the unit. */
const HUGE = 10_000_000_000_000_001n;

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

/** What was asked and answered so far; the model replays it, with the ledger, after every command. */
interface Told {
  attempts: Attempt[];
  operations: number;
}

class Real {
  readonly workspace: TestWorkspace;
  readonly sends: Send[];

  constructor(workspace: TestWorkspace, sends: Send[]) {
    this.workspace = workspace;
    this.sends = sends;
  }

  /** Calls, and holds everything seen so far against the model and the books against themselves. */
  async call(told: Told, { name, request, process }: { name: string; request: Request; process: number }) {
    const invokedAt = performance.now();
    const answer = (await this.sends[process]?.(name, request)) ?? 'UNKNOWN';
    told.attempts.push({ name, request, invokedAt, returnedAt: performance.now(), answer });
    const { workspaceId } = this.workspace;
    const ledger = await readLedger(world.databaseUrl, workspaceId);
    const { attempts } = told;
    const found = [...violationsOfHistory({ attempts, ledger }), ...(await violationsOf(world, workspaceId))];
    if (found.length > 0) throw new Error(found.join('\n'));
    return answer;
  }
}

type Step = AsyncCommand<Told, Real>;

const step = (name: string, run: Step['run'], check: Step['check'] = () => true): Step => ({
  run,
  check,
  toString: () => name,
});

const hasAsked = ({ attempts }: Readonly<Told>): boolean => attempts.length > 0;

/** What was left after the last decision, near enough to aim at. */
const available = ({ attempts }: Told): bigint => {
  const last = attempts.map(({ answer }) => answer).findLast(isDefinite);
  return last?.availableAfter ?? 0n;
};

const processes = integer({ min: 0, max: PROCESSES - 1 });

const debits = record({ process: processes, credits: nat(12), isNearAll: boolean() }).map((chosen) =>
  step(`debit ${JSON.stringify(chosen)}`, async (told, real) => {
    // Everything, one more, one less: where a comparison would be wrong.
    const near = available(told) + BigInt((chosen.credits % 3) - 1);
    const credits = chosen.isNearAll && near >= 0n ? near : BigInt(chosen.credits);
    const request: Request = { kind: 'DEBIT', credits };
    await real.call(told, { name: `op-${told.operations++}`, request, process: chosen.process });
  }),
);

const grants = record({
  process: processes,
  credits: integer({ min: 1, max: 15 }),
  priority: integer({ min: 0, max: 2 }),
  isHuge: boolean(),
  livesMs: option(integer({ min: 15, max: 150 })),
}).map((chosen) =>
  step(`grant ${JSON.stringify(chosen)}`, async (told, real) => {
    const { priority, livesMs } = chosen;
    const expiresAt = livesMs === null ? null : Date.now() + livesMs;
    const credits = BigInt(chosen.credits) * (chosen.isHuge ? HUGE : 1n);
    const request: Request = { kind: 'GRANT', credits, priority, expiresAt };
    await real.call(told, { name: `op-${told.operations++}`, request, process: chosen.process });
  }),
);

const replays = record({ process: processes, which: nat(), isAltered: boolean() }).map((chosen) =>
  step(
    `replay ${JSON.stringify(chosen)}`,
    async (told, real) => {
      const first = told.attempts[chosen.which % told.attempts.length];
      if (!first || !isDefinite(first.answer)) return;
      const { name, request } = first;
      const altered = { ...request, credits: request.credits + 1n };
      const again = chosen.isAltered ? altered : request;
      const answer = await real.call(told, { name, request: again, process: chosen.process });
      const expected = chosen.isAltered ? 'CONFLICT' : { ...first.answer, replayed: true };
      if (!isDeepStrictEqual(answer, expected))
        throw new Error(`answered ${inspect(answer)}, not ${inspect(expected)}`);
    },
    hasAsked,
  ),
);

const waits = integer({ min: 5, max: 60 }).map((ms) => step(`wait ${ms} ms`, () => sleep(ms)));

const restarts = constant(
  step('restart a process', async (_told, real) => {
    real.sends[0] = await sendTo(world, real.workspace, openCredits({ db: world.db, bus: world.bus }));
  }),
);

test('whatever is asked in whatever order, the books answer as the model does', async () => {
  await assert(
    asyncProperty(commands([debits, grants, debits, replays, waits, restarts], { maxCommands: 40 }), async (steps) => {
      const workspace = await world.makeWorkspace();
      const opened = Array.from({ length: PROCESSES }, () => openCredits({ db: world.db, bus: world.bus }));
      const sends = await Promise.all(opened.map((process) => sendTo(world, workspace, process)));
      const setup = () => ({ model: { attempts: [], operations: 0 }, real: new Real(workspace, sends) });
      await asyncModelRun(setup, steps);
    }),
    { numRuns: RUNS, endOnFailure: RUNS <= 20 },
  );
}, 600_000);
