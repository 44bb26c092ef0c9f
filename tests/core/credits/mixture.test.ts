import { randomUUID } from 'node:crypto';
import { assert, asyncProperty, integer } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credits, openCredits } from '#core/credits/credits';
import { proveLedger } from '#core/credits/ledger-proof';
import { DomainError, Unavailable } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

const OPERATIONS = 200;
/** More on demand: MIXTURES=100. */
const RUNS = Number(process.env['MIXTURES'] ?? 2);

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

/** A small generator with a seed, so that a failing mixture is made again from its number. */
function chance(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Draw = (below: number) => number;
type Operation = (engine: Credits) => Promise<unknown>;

/** What operations draw from: amounts, keys, and what earlier ones left. */
function supplies(draw: Draw) {
  const seen = { keys: [] as string[], holds: [] as string[], seqs: [] as bigint[], grants: [] as string[] };
  const pick = <T>(items: readonly T[]): T | undefined => items[draw(items.length)];
  const amount = (): bigint => BigInt(1 + draw(4)) * 500_000n;
  // One in eight repeats an earlier key, mostly with another request.
  const keyed = () => {
    const idempotencyKey = (draw(8) === 0 && pick(seen.keys)) || randomUUID();
    seen.keys.push(idempotencyKey);
    return { idempotencyKey };
  };
  const calls = () => Array.from({ length: 1 + draw(5) }, () => ({ credits: amount(), ...keyed() }));
  const holdId = (): string => pick(seen.holds) ?? randomUUID();
  const seq = (): bigint => pick(seen.seqs) ?? 1n;
  return { seen, pick, amount, keyed, calls, holdId, seq, draw };
}

type Supplies = ReturnType<typeof supplies>;

async function keyOperations({ workspaceId, key }: TestWorkspace, from: Supplies): Promise<Operation[]> {
  const { apiKeyId } = key.actor;
  const { seen, amount, keyed, calls, holdId, draw } = from;
  const usage = await world.permit(key.actor, 'usage:write', workspaceId);
  const holds = await world.permit(key.actor, 'holds:write', workspaceId);
  return [
    async (engine) => {
      const call = { apiKeyId, credits: amount(), ...keyed() };
      seen.seqs.push((await engine.recordUsage(usage, call)).entry.seq);
    },
    (engine) => engine.recordEach(usage, { apiKeyId, items: calls() }),
    (engine) => engine.recordTogether(usage, { apiKeyId, items: calls() }),
    async (engine) => {
      const overage = draw(2) === 0 ? 'TAKE' : 'REFUSE';
      const terms = { apiKeyId, credits: amount(), seconds: 1 + draw(2), overage, ...keyed() } as const;
      seen.holds.push((await engine.createHold(holds, terms)).hold?.id ?? randomUUID());
    },
    (engine) => engine.extendHold(holds, { holdId: holdId(), credits: amount(), ...keyed() }),
    async (engine) => {
      const capture = { holdId: holdId(), credits: amount(), final: draw(2) === 0, ...keyed() };
      seen.seqs.push((await engine.captureHold(holds, capture)).entry.seq);
    },
    (engine) => engine.releaseHold(holds, { holdId: holdId(), ...keyed() }),
    (engine) => engine.tidy(workspaceId),
  ];
}

async function operatorOperations({ workspaceId }: TestWorkspace, from: Supplies): Promise<Operation[]> {
  const { seen, pick, amount, keyed, seq, draw } = from;
  const { operator } = world;
  const granting = await world.permit(operator, 'credits:grant', workspaceId);
  const voiding = await world.permit(operator, 'credits:void', workspaceId);
  const refunding = await world.permit(operator, 'credits:refund', workspaceId);
  const adjusting = await world.permit(operator, 'credits:adjust', workspaceId);
  return [
    async (engine) => {
      const expiresAt = draw(2) === 0 ? new Date(Date.now() + 200 + draw(1_000)) : null;
      const terms = { source: 'TRIAL', credits: amount(), priority: draw(3), expiresAt, ...keyed() } as const;
      seen.grants.push((await engine.grantCredits(granting, terms)).grant.id);
    },
    (engine) => engine.voidGrant(voiding, { grantId: pick(seen.grants) ?? randomUUID(), ...keyed() }),
    (engine) => engine.refundUsage(refunding, { seq: seq(), credits: amount(), ...keyed() }),
    (engine) => engine.refundUsage(refunding, { seq: seq(), ...keyed() }),
    (engine) => {
      const direction = draw(2) === 0 ? 'ADD' : 'REMOVE';
      return engine.adjustCredits(adjusting, { direction, credits: amount(), reason: 'mixed', ...keyed() });
    },
  ];
}

/** Does one operation of any kind; those that are refused are part of the mixture. */
async function mix(workspace: TestWorkspace, draw: Draw, engines: readonly Credits[]): Promise<() => Promise<string>> {
  const from = supplies(draw);
  const operations = [...(await keyOperations(workspace, from)), ...(await operatorOperations(workspace, from))];
  return async () => {
    const operation = from.pick(operations);
    const engine = from.pick(engines);
    if (!operation || !engine) throw new Error('Nothing to draw from');
    try {
      await operation(engine);
      return 'decided';
    } catch (error) {
      if (error instanceof DomainError && !(error instanceof Unavailable)) return error.code;
      throw error;
    }
  };
}

test(
  'whatever is mixed through three processes, the books agree with each other and with the proof',
  { timeout: 180_000 },
  async () => {
    const engines = Array.from({ length: 3 }, () => openCredits({ db: world.db, bus: world.bus }));
    await assert(
      asyncProperty(integer({ min: 1, max: 2 ** 30 }), async (seed) => {
        const caps = [{ period: 'DAY', credits: credits(150) } as const];
        const workspace = await world.makeWorkspace({ credits: credits(20), key: { caps } });
        const draw = chance(seed);
        const next = await mix(workspace, draw, engines);
        const outcomes = new Set<string>();
        for (let asked = 0; asked < OPERATIONS;) {
          const wave = Array.from({ length: 1 + draw(20) }, () => next());
          asked += wave.length;
          for (const outcome of await Promise.all(wave)) outcomes.add(outcome);
          if (draw(10) === 0) await new Promise((resolve) => setTimeout(resolve, draw(300)));
        }
        expect([...outcomes]).toContain('decided');
        await world.credits.tidy(workspace.workspaceId);
        expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
        const proof = proveLedger(world.db, workspace.workspaceId, { isIncremental: false });
        let step = await proof.next();
        while (!step.done) step = await proof.next();
        expect(step.value).toBeGreaterThan(1n);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
);
