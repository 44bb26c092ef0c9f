import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const key = (): { idempotencyKey: string } => ({ idempotencyKey: randomUUID() });

async function spend({ workspaceId, key: paying }: TestWorkspace, amount: bigint) {
  const permit = await world.permit(paying.actor, 'usage:write', workspaceId);
  return world.credits.recordUsage(permit, { apiKeyId: paying.actor.apiKeyId, credits: amount, ...key() });
}

async function grant({ workspaceId }: TestWorkspace, amount: bigint, expiresAt: Date | null = null) {
  const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
  return world.credits.grantCredits(permit, { credits: amount, source: 'TRIAL', expiresAt, ...key() });
}

async function refund(
  { workspaceId }: TestWorkspace,
  input: { seq: bigint; credits?: bigint; idempotencyKey?: string },
) {
  const permit = await world.permit(world.operator, 'credits:refund', workspaceId);
  return world.credits.refundUsage(permit, { ...key(), ...input });
}

async function available({ workspaceId }: TestWorkspace): Promise<bigint> {
  return (await world.db.balance.findUniqueOrThrow({ where: { workspaceId } })).available;
}

async function expectSound({ workspaceId }: TestWorkspace): Promise<void> {
  expect(await violationsOf(world, workspaceId)).toEqual([]);
}

test('a refund goes back to the grants that paid, the last to pay first, and never beyond the charge', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { grant: trial } = await grant(workspace, credits(3));
  const { entry } = await spend(workspace, credits(5));
  expect((await refund(workspace, { seq: entry.seq, credits: credits(1) })).entry).toMatchObject({ refSeq: entry.seq });
  const remaining = async () => (await world.db.creditGrant.findUniqueOrThrow({ where: { id: trial.id } })).remaining;
  expect(await remaining()).toBe(0n);
  await expect(refund(workspace, { seq: entry.seq, credits: credits(5) })).rejects.toThrow('4 of the 5 credits');
  expect((await refund(workspace, { seq: entry.seq })).entry.credits).toBe(credits(4));
  expect(await remaining()).toBe(credits(3));
  await expect(refund(workspace, { seq: entry.seq })).rejects.toThrow(Conflict);
  await expect(refund(workspace, { seq: 1n })).rejects.toThrow(NotFound);
  expect(await available(workspace)).toBe(credits(13));
  await expectSound(workspace);
});

test('of ten refunds of one call at once, one wins', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const { entry } = await spend(workspace, credits(5));
  // The grant has paid enough for all ten: its own bounds refuse none of them.
  await spend(workspace, credits(80));
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => refund(workspace, { seq: entry.seq })));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await available(workspace)).toBe(credits(20));
  await expectSound(workspace);
});

test('a repeated refund is the first one', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { entry } = await spend(workspace, credits(5));
  const first = await refund(workspace, { seq: entry.seq, idempotencyKey: 'back' });
  const again = await refund(workspace, { seq: entry.seq, idempotencyKey: 'back' });
  expect(again).toEqual({ ...first, replayed: true });
});

test('what comes back to a grant whose time is over expires at once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const expiresAt = new Date(Date.now() + 400);
  await grant(workspace, credits(3), expiresAt);
  const { entry } = await spend(workspace, credits(5));
  await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() - Date.now() + 30));
  const { last } = await refund(workspace, { seq: entry.seq });
  expect(last).toMatchObject({ kind: 'EXPIRY', credits: credits(3), availableAfter: credits(10) });
  await expectSound(workspace);
});

test('a voided grant pays nothing any more, and what comes back to it expires', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { grant: trial } = await grant(workspace, credits(6));
  const { entry } = await spend(workspace, credits(2));
  const permit = await world.permit(world.operator, 'credits:void', workspace.workspaceId);
  const voided = await world.credits.voidGrant(permit, { grantId: trial.id, reason: 'fraud', ...key() });
  expect(voided.entry).toMatchObject({ kind: 'VOID', credits: credits(4), grantId: trial.id, reason: 'fraud' });
  await expect(world.credits.voidGrant(permit, { grantId: trial.id, ...key() })).rejects.toThrow(Conflict);
  await expect(world.credits.voidGrant(permit, { grantId: randomUUID(), ...key() })).rejects.toThrow(NotFound);
  await refund(workspace, { seq: entry.seq });
  expect(await available(workspace)).toBe(credits(10));
  const { voidedAt, expired } = await world.db.creditGrant.findUniqueOrThrow({ where: { id: trial.id } });
  expect([voidedAt, expired]).toEqual([voided.entry.createdAt, credits(6)]);
  await expectSound(workspace);
});

test('an adjustment adds a grant or takes what is there, never more', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const permit = await world.permit(world.operator, 'credits:adjust', workspace.workspaceId);
  const adjust = (direction: 'ADD' | 'REMOVE', amount: bigint, reason = 'Counted twice') =>
    world.credits.adjustCredits(permit, { direction, credits: amount, reason, ...key() });
  expect((await adjust('REMOVE', credits(4))).entry).toMatchObject({
    kind: 'ADJUSTMENT',
    availableChange: -credits(4),
  });
  await expect(adjust('REMOVE', credits(7))).rejects.toThrow('Only 6 credits');
  expect((await adjust('ADD', credits(1))).entry).toMatchObject({ availableChange: credits(1) });
  await expect(adjust('ADD', credits(1), ' ')).rejects.toThrow(ValidationFailed);
  expect(await available(workspace)).toBe(credits(7));
  await expectSound(workspace);
});
