import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../isolation/random.ts';
import { violationsOf } from '../../world/invariants.ts';
import { violationsOfHistory } from '../history.ts';
import { readLedger } from '../ledger.ts';
import { Load } from '../load.ts';
import { sendOverHttp, sendTo } from '../sends.ts';
import { type Fault, FAULTS } from './faults.ts';
import type { Stage } from './stage.ts';

const CALLERS = 24;

/** What was seen of one fault, however often it struck. */
export interface Result {
  fault: string;
  times: number;
  operations: number;
  /** Calls that came back without an answer. */
  unknown: number;
  /** Calls that were made afterwards to learn what had become of those. */
  retries: number;
  violations: string[];
}

/** One fault after another in random order, each in a workspace of its own, until nobody asks for another round. */
export async function runChaos(
  stage: Stage,
  { seed, goOn, onRound }: { seed: number; goOn: (round: number) => boolean; onRound?: (result: Result) => void },
): Promise<Result[]> {
  const results = new Map<string, Result>();
  let waiting: Fault[] = [];
  for (let round = 0; goOn(round); round++) {
    const random = new Random(seed, round);
    if (waiting.length === 0) waiting = shuffle(FAULTS, random);
    const fault = waiting.pop();
    if (!fault) break;
    const result = await runRound(stage, fault, random);
    onRound?.(result);
    const sum = results.get(fault.name);
    results.set(fault.name, sum ? add(sum, result) : result);
  }
  return FAULTS.flatMap(({ name }) => results.get(name) ?? []);
}

async function runRound(stage: Stage, fault: Fault, random: Random): Promise<Result> {
  const { world } = stage;
  await stage.isPrepared();
  const workspace = await world.makeWorkspace();
  const { workspaceId } = workspace;
  const here = await sendTo(world, workspace, world.credits);
  const overHttp = sendOverHttp(() => stage.url(), workspace, here);
  // Now and then another process decides about the same workspace.
  const load = new Load((name, request) => (random.chance(0.1) ? here : overHttp)(name, request), random);
  let running = load.run({ callers: CALLERS });
  await sleep(250 + random.below(300));
  await fault.strike({
    stage,
    workspaceId,
    random,
    load,
    async whileIdle(work) {
      load.stop();
      await running;
      await work();
      running = load.run({ callers: CALLERS });
    },
  });
  await sleep(200);
  load.stop();
  await running;
  await stage.databaseIsUp();
  const unknown = load.attempts.filter(({ answer }) => answer === 'UNKNOWN').length;
  const retries = await load.settle();
  const ledger = await readLedger(world.databaseUrl, workspaceId);
  const violations = [
    ...violationsOfHistory({ attempts: load.attempts, ledger }),
    ...(await violationsOf(world, workspaceId)),
    ...(await stage.verify()),
  ];
  return { fault: fault.name, times: 1, operations: load.operations, unknown, retries, violations };
}

const add = (a: Result, b: Result): Result => ({
  fault: a.fault,
  times: a.times + b.times,
  operations: a.operations + b.operations,
  unknown: a.unknown + b.unknown,
  retries: a.retries + b.retries,
  violations: [...a.violations, ...b.violations],
});

function shuffle(faults: readonly Fault[], random: Random): Fault[] {
  return faults
    .map((fault) => ({ fault, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ fault }) => fault);
}
