import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdempotencyConflict } from '#core/errors';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

async function spend(
  { workspaceId, key }: TestWorkspace,
  input: { credits: bigint; idempotencyKey?: string; latencyMs?: number },
) {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  return world.credits.recordUsage(permit, { apiKeyId: key.actor.apiKeyId, idempotencyKey: randomUUID(), ...input });
}

const balanceOf = (workspaceId: string) => world.db.balance.findUniqueOrThrow({ where: { workspaceId } });
const entriesOf = (workspaceId: string) =>
  world.db.ledgerEntry.findMany({ where: { workspaceId }, orderBy: { seq: 'asc' } });

test('100 parallel debits of 1 against a balance of 50 give exactly 50 accepted', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(50) });
  const results = await Promise.all(Array.from({ length: 100 }, () => spend(workspace, { credits: credits(1) })));
  const outcomes = results.map(({ entry }) => entry.outcome);
  expect(outcomes.filter((outcome) => outcome === 'SUCCEEDED')).toHaveLength(50);
  expect(outcomes.filter((outcome) => outcome === 'DECLINED')).toHaveLength(50);
  expect(await balanceOf(workspace.workspaceId)).toMatchObject({ available: 0n, spentTotal: credits(50), seq: 101n });
  const seqs = (await entriesOf(workspace.workspaceId)).map(({ seq }) => Number(seq));
  expect(seqs).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
});

test('8 parallel calls with one idempotency key charge once and answer alike', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(50) });
  const idempotencyKey = randomUUID();
  const results = await Promise.all(
    Array.from({ length: 8 }, () => spend(workspace, { credits: credits(3), idempotencyKey })),
  );
  expect(new Set(results.map(({ entry }) => entry.seq)).size).toBe(1);
  expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect((await balanceOf(workspace.workspaceId)).available).toBe(credits(47));
});

test('the same key with another input is a conflict and takes nothing', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(50) });
  const idempotencyKey = randomUUID();
  await spend(workspace, { credits: credits(3), idempotencyKey });
  await expect(spend(workspace, { credits: credits(4), idempotencyKey })).rejects.toThrow(IdempotencyConflict);
  expect((await balanceOf(workspace.workspaceId)).available).toBe(credits(47));
});

test('a retry that measured another latency is the same call', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(50) });
  const idempotencyKey = randomUUID();
  await spend(workspace, { credits: credits(3), idempotencyKey, latencyMs: 12 });
  const retry = await spend(workspace, { credits: credits(3), idempotencyKey, latencyMs: 340 });
  expect(retry).toMatchObject({ replayed: true, entry: { latencyMs: 12 } });
});
