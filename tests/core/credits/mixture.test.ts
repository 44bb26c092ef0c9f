import { randomUUID } from 'node:crypto';
import { assert, asyncProperty, integer } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credits, openCredits } from '#core/credits/credits';
import { proveLedger } from '#core/credits/ledger-proof';
import { DomainError, Unavailable } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

const OPERATIONS = 400;
/** More on demand: MIXTURES=100. */
const RUNS = Number(process.env['MIXTURES'] ?? 3);

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

/** One operation of any kind on what earlier ones left; those that are refused are part of the mixture. */
async function mix(workspace: TestWorkspace, draw: (below: number) => number, engines: readonly Credits[]) {
  const { workspaceId, key } = workspace;
  const { apiKeyId } = key.actor;
  const { operator } = world;
  const permits = {
    usage: await world.permit(key.actor, 'usage:write', workspaceId),
    holds: await world.permit(key.actor, 'holds:write', workspaceId),
    grant: await world.permit(operator, 'credits:grant', workspaceId),
    voiding: await world.permit(operator, 'credits:void', workspaceId),
    refund: await world.permit(operator, 'credits:refund', workspaceId),
    adjust: await world.permit(operator, 'credits:adjust', workspaceId),
  };
  const seen = { keys: [] as string[], holds: [] as string[], seqs: [] as bigint[], grants: [] as string[] };
  const pick = <T>(items: readonly T[]): T | undefined => items[draw(items.length)];
  // One in eight repeats an earlier key, mostly with another request.
  const keyed = () => {
    const idempotencyKey = (draw(8) === 0 && pick(seen.keys)) || randomUUID();
    seen.keys.push(idempotencyKey);
    return { idempotencyKey };
  };
  const amount = (): bigint => BigInt(1 + draw(4)) * 500_000n;
  const calls = () => Array.from({ length: 1 + draw(5) }, () => ({ credits: amount(), ...keyed() }));
  const operations: ((engine: Credits) => Promise<unknown>)[] = [
    async (engine) => {
      const call = { apiKeyId, credits: amount(), ...keyed() };
      seen.seqs.push((await engine.recordUsage(permits.usage, call)).entry.seq);
    },
    (engine) => engine.recordEach(permits.usage, { apiKeyId, items: calls() }),
    (engine) => engine.recordTogether(permits.usage, { apiKeyId, items: calls() }),
    async (engine) => {
      const overage = draw(2) === 0 ? 'TAKE' : 'REFUSE';
      const terms = { apiKeyId, credits: amount(), seconds: 1 + draw(2), overage, ...keyed() } as const;
      seen.holds.push((await engine.createHold(permits.holds, terms)).hold?.id ?? randomUUID());
    },
    (engine) =>
      engine.extendHold(permits.holds, { holdId: pick(seen.holds) ?? randomUUID(), credits: amount(), ...keyed() }),
    async (engine) => {
      const capture = { holdId: pick(seen.holds) ?? randomUUID(), credits: amount(), final: draw(2) === 0, ...keyed() };
      seen.seqs.push((await engine.captureHold(permits.holds, capture)).entry.seq);
    },
    (engine) => engine.releaseHold(permits.holds, { holdId: pick(seen.holds) ?? randomUUID(), ...keyed() }),
    async (engine) => {
      const expiresAt = draw(2) === 0 ? new Date(Date.now() + 200 + draw(1_000)) : null;
      const terms = { source: 'TRIAL', credits: amount(), priority: draw(3), expiresAt, ...keyed() } as const;
      seen.grants.push((await engine.grantCredits(permits.grant, terms)).grant.id);
    },
    (engine) => engine.voidGrant(permits.voiding, { grantId: pick(seen.grants) ?? randomUUID(), ...keyed() }),
    (engine) => engine.refundUsage(permits.refund, { seq: pick(seen.seqs) ?? 1n, credits: amount(), ...keyed() }),
    (engine) => engine.refundUsage(permits.refund, { seq: pick(seen.seqs) ?? 1n, ...keyed() }),
    (engine) => {
      const direction = draw(2) === 0 ? 'ADD' : 'REMOVE';
      return engine.adjustCredits(permits.adjust, { direction, credits: amount(), reason: 'mixed', ...keyed() });
    },
    (engine) => engine.tidy(workspaceId),
  ];
  return async (): Promise<string> => {
    const operation = pick(operations);
    const engine = pick(engines);
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
  { timeout: 60_000 },
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
