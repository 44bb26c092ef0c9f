import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Access } from '#core/access/access';
import type { Actor } from '#core/access/actor';
import { revokeApiKey } from '#core/api-keys/api-keys';
import type { RecordUsageInput } from '#core/credits/debits';
import { Forbidden, IdempotencyConflict, NotFound, Unauthenticated, ValidationFailed } from '#core/errors';
import { newId } from '#core/ids';
import { setOperation } from '#core/plans/operations';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type TestKey, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

type Call = Partial<RecordUsageInput> & { with?: TestKey; as?: Actor };

async function spend({ workspaceId, key }: TestWorkspace, { with: spending = key, as, ...input }: Call) {
  const permit = await world.permit(as ?? spending.actor, 'usage:write', workspaceId);
  return world.credits.recordUsage(permit, {
    apiKeyId: spending.actor.apiKeyId,
    idempotencyKey: randomUUID(),
    ...input,
  });
}

async function grant({ workspaceId }: TestWorkspace, input: { credits: bigint; priority?: number }) {
  const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
  return world.credits.grantCredits(permit, { source: 'PURCHASE', idempotencyKey: randomUUID(), ...input });
}

const availableIn = async ({ workspaceId }: TestWorkspace) =>
  (await world.db.balance.findUniqueOrThrow({ where: { workspaceId } })).available;

const priceOperation = (name: string, price: bigint) =>
  setOperation(world.db, new Access(world.db, world.operator).operatorPermit('operations:set'), { name, price });

test('a declined call is logged, takes nothing, and stays the answer to its key after a top-up', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(2) });
  const call = { credits: credits(3), idempotencyKey: 'declined-once' };
  const first = await spend(workspace, call);
  expect(first.entry).toMatchObject({ outcome: 'DECLINED', declineReason: 'INSUFFICIENT_CREDITS', credits: 0n });
  expect(first.entry).toMatchObject({ price: credits(3), availableAfter: credits(2) });
  await grant(workspace, { credits: credits(10) });
  const again = await spend(workspace, call);
  expect(again).toEqual({ entry: first.entry, replayed: true });
  expect(await availableIn(workspace)).toBe(credits(12));
});

test('a failed call and a test key are logged with their price and cost nothing, even with nothing to spend', async () => {
  const workspace = await world.makeWorkspace();
  const testKey = await world.makeKey(workspace.owner, workspace.workspaceId, { environment: 'TEST' });
  const failed = await spend(workspace, { credits: credits(3), outcome: 'FAILED' });
  expect(failed.entry).toMatchObject({ outcome: 'FAILED', price: credits(3), credits: 0n, seq: 1n });
  const tried = await spend(workspace, { credits: credits(4), with: testKey });
  expect(tried.entry).toMatchObject({
    outcome: 'SUCCEEDED',
    price: credits(4),
    credits: 0n,
    environment: 'TEST',
    seq: 2n,
  });
});

test('units times price is rounded once, half up; explicit credits are final', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  await priceOperation('round.half', 5n);
  const priced = async (input: Call) => (await spend(workspace, { operation: 'round.half', ...input })).entry.credits;
  expect(await priced({ units: 100_000n })).toBe(1n);
  expect(await priced({ units: 99_999n })).toBe(0n);
  expect(await priced({ units: 300_000n })).toBe(2n);
  expect(await priced({ units: 300_000n, credits: 7n })).toBe(7n);
});

test('a replay keeps the first price, whatever the operation costs since', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  await priceOperation('price.moves', credits(1));
  const call = { operation: 'price.moves', idempotencyKey: 'before-the-change' };
  const first = await spend(workspace, call);
  await priceOperation('price.moves', credits(9));
  expect(await spend(workspace, call)).toEqual({ entry: first.entry, replayed: true });
  expect(await availableIn(workspace)).toBe(credits(9));
});

test('an idempotency key belongs to the workspace: another API key with it is a conflict', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const other = await world.makeKey(workspace.owner, workspace.workspaceId);
  const call = { credits: credits(1), idempotencyKey: 'shared' };
  await spend(workspace, call);
  await expect(spend(workspace, { ...call, with: other })).rejects.toThrow(IdempotencyConflict);
  const stranger = await world.makeWorkspace({ credits: credits(10) });
  expect((await spend(stranger, call)).replayed).toBe(false);
});

test('an operator spends with the customer’s key, and the entry names both', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { entry } = await spend(workspace, { credits: credits(1), as: world.operator });
  expect(entry).toMatchObject({
    apiKeyId: workspace.key.actor.apiKeyId,
    memberId: workspace.key.actor.memberId,
    actorKind: 'OPERATOR',
    actorId: world.operator.operatorTokenId,
  });
});

test('nobody spends with a key that is not named, or not theirs to spend with', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const other = await world.makeKey(workspace.owner, workspace.workspaceId);
  const call = { credits: credits(1) };
  const unnamed = { ...call, apiKeyId: undefined as unknown as string };
  await expect(spend(workspace, { ...unnamed, as: world.operator })).rejects.toThrow(NotFound);
  await expect(spend(workspace, { ...unnamed, as: workspace.owner })).rejects.toThrow(Forbidden);
  await expect(spend(workspace, { ...call, as: workspace.owner })).rejects.toThrow(Forbidden);
  await expect(spend(workspace, { ...call, with: other, as: workspace.key.actor })).rejects.toThrow(Forbidden);
  expect(await availableIn(workspace)).toBe(credits(10));
});

test('a key revoked after its permit was given is refused inside the transaction, and a foreign one too', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const stranger = await world.makeWorkspace({ credits: credits(10) });
  const permit = await world.permit(workspace.owner, 'apiKeys:revoke', workspace.workspaceId);
  await revokeApiKey(world.db, permit, { apiKeyId: workspace.key.actor.apiKeyId });
  await expect(spend(workspace, { credits: credits(1) })).rejects.toThrow(Unauthenticated);
  await expect(spend(workspace, { credits: credits(1), as: world.operator })).rejects.toThrow(NotFound);
  await expect(spend(workspace, { credits: credits(1), with: stranger.key, as: world.operator })).rejects.toThrow(
    NotFound,
  );
  expect(await availableIn(workspace)).toBe(credits(10));
});

test.each<[string, Call]>([
  ['operation', { operation: 'not\0stored' }],
  ['units', { operation: 'costs.most', units: 1_000_000_000n * 1_000_000n }],
  ['tag', { credits: 1n, tag: 'half \ud83d' }],
  ['metadata', { credits: 1n, metadata: { half: '\ud83d' } }],
  ['metadata', { credits: 1n, metadata: { 'nul\0': 1 } }],
  ['credits', { credits: -1n }],
  ['idempotencyKey', { credits: 1n, idempotencyKey: 'x'.repeat(256) }],
])('what the database could not keep is refused by the name of its field: %s', async (field, call) => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  await priceOperation('costs.most', 1_000_000_000_000n * 1_000_000n);
  const refusal = await spend(workspace, call).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ inputPath: ['input', field] });
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

test('metadata that spells out an escape is text like any other', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const { entry } = await spend(workspace, { credits: 1n, metadata: { note: String.raw`\u0000`, b: 1, a: [null] } });
  expect(entry.metadata).toEqual({ note: String.raw`\u0000`, b: 1, a: [null] });
});

test('credits for a workspace that is not there are refused', async () => {
  const permit = await world.permit(world.operator, 'credits:grant', newId());
  const input = { credits: 1n, source: 'PURCHASE', idempotencyKey: 'nowhere' } as const;
  await expect(world.credits.grantCredits(permit, input)).rejects.toThrow(NotFound);
  await expect(world.credits.grantCredits(permit, { ...input, credits: 0n })).rejects.toThrow(ValidationFailed);
});

test('a call that several grants pay is split in burn order', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const { grant: first } = await grant(workspace, { credits: credits(2), priority: 1 });
  const { entry } = await spend(workspace, { credits: credits(3) });
  expect(entry).toMatchObject({ isSplit: true, grantId: null });
  const splits = await world.db.ledgerSplit.findMany({ where: { workspaceId: workspace.workspaceId } });
  expect(splits).toHaveLength(2);
  expect(splits.find(({ grantId }) => grantId === first.id)?.credits).toBe(credits(2));
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

test('300 concurrent grants, debits, failures, conflicts and refusals leave books that agree', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const testKey = await world.makeKey(workspace.owner, workspace.workspaceId, { environment: 'TEST' });
  const calls = Array.from({ length: 300 }, (_, index) => {
    const amount = BigInt((index * 7_919) % 1_300_001) + 1n;
    if (index % 10 === 0) return grant(workspace, { credits: amount, priority: index % 4 });
    if (index % 10 === 1) return spend(workspace, { credits: amount, outcome: 'FAILED' });
    if (index % 10 === 2) return spend(workspace, { credits: amount, with: testKey });
    if (index % 10 === 3) return spend(workspace, { credits: BigInt(index % 4) + 1n, idempotencyKey: 'contested' });
    if (index % 10 === 4) return spend(workspace, { operation: 'unknown.operation' });
    return spend(workspace, { credits: amount, idempotencyKey: `pair-${index >> 1}` });
  });
  const settled = await Promise.allSettled(calls);
  const refusals = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  expect(new Set(refusals.map(({ name }) => name))).toEqual(new Set(['IdempotencyConflict', 'NotFound']));
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
}, 60_000);
