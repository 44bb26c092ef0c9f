import { openCredits } from '#core/credits/credits';
import { Random } from '../isolation/random.ts';
import type { World } from '../world/world.ts';
import { isDefinite, violationsOfHistory } from './history.ts';
import { readLedger } from './ledger.ts';
import { Load } from './load.ts';
import { sendTo } from './sends.ts';

const WORKSPACES = 4;
const PROCESSES = 3;
const CALLERS = 96;

/** What came of many calls at once. */
export interface HistoryTrial {
  violations: string[];
  /** Kinds of ledger rows and of answers, and how many of each. */
  counts: Map<string, number>;
  calledMs: number;
  checkedMs: number;
}

/** Lets callers loose on some workspaces, through several processes over one database, and checks what they saw. */
export async function runHistoryTrial(
  world: World,
  { operations, seed }: { operations: number; seed: number },
): Promise<HistoryTrial> {
  const processes = Array.from({ length: PROCESSES }, () => openCredits({ db: world.db, bus: world.bus }));
  const random = new Random(seed, 0);
  const begun = performance.now();
  const trials = await Promise.all(
    Array.from({ length: WORKSPACES }, async (_, index) => {
      const workspace = await world.makeWorkspace();
      const sends = await Promise.all(processes.map((process) => sendTo(world, workspace, process)));
      // Each workspace has a process that decides about it, and now and then another does too.
      const pick = () => sends[random.chance(0.01) ? random.below(sends.length) : index % sends.length];
      const load = new Load(async (name, request) => (await pick()?.(name, request)) ?? 'UNKNOWN', random);
      await load.run({ callers: CALLERS, operationsMax: operations / WORKSPACES });
      await load.settle();
      return { workspaceId: workspace.workspaceId, attempts: load.attempts };
    }),
  );
  const calledMs = performance.now() - begun;
  const violations: string[] = [];
  const counts = new Map<string, number>();
  const count = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const { workspaceId, attempts } of trials) {
    const ledger = await readLedger(world.databaseUrl, workspaceId);
    violations.push(...violationsOfHistory({ attempts, ledger }));
    for (const { kind } of ledger) count(kind);
    for (const { answer } of attempts) count(isDefinite(answer) ? answer.outcome : answer);
  }
  return { violations, counts, calledMs, checkedMs: performance.now() - begun - calledMs };
}
