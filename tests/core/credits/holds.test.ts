import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaptureHoldInput } from '#core/credits/captures';
import type { HoldInput } from '#core/credits/hold-input';
import { HoldNotOpen } from '#core/credits/hold-not-open';
import { NotFound, ValidationFailed } from '#core/errors';
import { CREDITS_MAX } from '#core/plans/pricing';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestKey, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const key = (): { idempotencyKey: string } => ({ idempotencyKey: randomUUID() });
const holds = ({ workspaceId, key: own }: TestWorkspace, as: TestKey = own) =>
  world.permit(as.actor, 'holds:write', workspaceId);

async function open(workspace: TestWorkspace, input: Partial<HoldInput> & { with?: TestKey } = {}) {
  const { with: as = workspace.key, ...terms } = input;
  const hold = { apiKeyId: as.actor.apiKeyId, credits: credits(10), ...key(), ...terms };
  const decided = await world.credits.createHold(await holds(workspace, as), hold);
  return { ...decided, holdId: decided.hold?.id ?? '' };
}

async function capture(workspace: TestWorkspace, input: Partial<CaptureHoldInput> & { holdId: string }) {
  return world.credits.captureHold(await holds(workspace), { ...key(), ...input });
}

async function balance({ workspaceId }: TestWorkspace) {
  const { available, held } = await world.db.balance.findUniqueOrThrow({ where: { workspaceId } });
  return { available, held };
}

async function expectSound({ workspaceId }: TestWorkspace): Promise<void> {
  expect(await violationsOf(world, workspaceId)).toEqual([]);
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('what is held cannot be spent, and a capture charges what the call came to and gives the rest back', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(15) });
  const { holdId, hold, entry } = await open(workspace);
  expect(hold).toMatchObject({ state: 'OPEN', amount: credits(10), createdAt: entry.createdAt });
  expect(hold?.expiresAt.getTime()).toBe(entry.createdAt.getTime() + 300_000);
  expect(await world.db.hold.findUniqueOrThrow({ where: { id: holdId } })).toEqual(hold);
  expect(await balance(workspace)).toEqual({ available: credits(5), held: credits(10) });
  const permit = await world.permit(workspace.key.actor, 'usage:write', workspace.workspaceId);
  const call = { apiKeyId: workspace.key.actor.apiKeyId, credits: credits(6), ...key() };
  expect((await world.credits.recordUsage(permit, call)).entry.outcome).toBe('DECLINED');

  const captured = await capture(workspace, { holdId, credits: credits(4), metadata: { tokens: 7 }, latencyMs: 3 });
  expect(captured.entry).toMatchObject({ kind: 'CAPTURE', credits: credits(4), metadata: { tokens: 7 }, latencyMs: 3 });
  expect(captured.last).toMatchObject({ kind: 'RELEASE', credits: credits(6), refSeq: captured.entry.seq });
  expect(captured.hold).toMatchObject({ state: 'CAPTURED', captured: credits(4), released: credits(6) });
  expect(await world.db.hold.findUniqueOrThrow({ where: { id: holdId } })).toEqual(captured.hold);
  expect(await balance(workspace)).toEqual({ available: credits(11), held: 0n });
  await expectSound(workspace);
});

test('a hold is captured several times until it is empty, and is closed then', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { holdId } = await open(workspace);
  for (const part of [3, 3]) {
    const { hold } = await capture(workspace, { holdId, credits: credits(part), final: false });
    expect(hold?.state).toBe('OPEN');
  }
  const { entry, hold } = await capture(workspace, { holdId });
  expect([entry.credits, hold?.state]).toEqual([credits(4), 'CAPTURED']);
  await expect(capture(workspace, { holdId, credits: 0n })).rejects.toThrow(HoldNotOpen);
  expect(await balance(workspace)).toEqual({ available: 0n, held: 0n });
  await expectSound(workspace);
});

test('a capture above the hold is refused or taken from the balance, as was chosen when it was opened', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(25) });
  const refusing = await open(workspace);
  await expect(capture(workspace, { holdId: refusing.holdId, credits: credits(11) })).rejects.toThrow(ValidationFailed);
  const taking = await open(workspace, { overage: 'TAKE' });
  const beyond = await capture(workspace, { holdId: taking.holdId, credits: credits(16) });
  expect(beyond).toMatchObject({ entry: { outcome: 'DECLINED', declineReason: 'INSUFFICIENT_CREDITS', credits: 0n } });
  expect(beyond.hold?.state).toBe('OPEN');
  const { entry } = await capture(workspace, { holdId: taking.holdId, credits: credits(15) });
  expect(entry).toMatchObject({ credits: credits(15), availableChange: -credits(5) });
  expect(await balance(workspace)).toEqual({ available: 0n, held: credits(10) });
  await expectSound(workspace);
});

test('a hold is extended by amount, by time and by both; what the balance does not cover leaves it as it was', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const { holdId, hold } = await open(workspace);
  const permit = await holds(workspace);
  const more = await world.credits.extendHold(permit, { holdId, credits: credits(5), ...key() });
  expect(more.hold).toMatchObject({ amount: credits(15), expiresAt: hold?.expiresAt });
  const longer = await world.credits.extendHold(permit, { holdId, credits: credits(1), seconds: 3_600, ...key() });
  expect(longer.hold?.expiresAt.getTime()).toBe(longer.entry.createdAt.getTime() + 3_600_000);
  expect(await world.db.hold.findUniqueOrThrow({ where: { id: holdId } })).toEqual(longer.hold);
  const shorter = await world.credits.extendHold(permit, { holdId, seconds: 1, ...key() });
  expect(shorter.hold?.expiresAt).toEqual(longer.hold?.expiresAt);
  const tooMuch = await world.credits.extendHold(permit, { holdId, credits: credits(5), seconds: 86_400, ...key() });
  expect(tooMuch).toMatchObject({ entry: { outcome: 'DECLINED' }, hold: { amount: credits(16) } });
  expect(tooMuch.hold?.expiresAt).toEqual(longer.hold?.expiresAt);
  await expectSound(workspace);
});

test('of two extensions at once the longer counts, in whatever order they are decided', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const permit = await holds(workspace);
  for (const both of [
    [3_600, 1],
    [1, 3_600],
  ]) {
    const { holdId } = await open(workspace, { seconds: 60 });
    const [first, second] = await Promise.all(
      both.map((seconds) => world.credits.extendHold(permit, { holdId, seconds, ...key() })),
    );
    const { expiresAt } = await world.db.hold.findUniqueOrThrow({ where: { id: holdId } });
    expect(expiresAt).toEqual(second?.hold?.expiresAt);
    expect(expiresAt.getTime()).toBeGreaterThanOrEqual((first?.entry.createdAt.getTime() ?? 0) + 3_600_000);
  }
});

test('a hold never grows above the largest amount, a TEST key’s neither, which no balance bounds', async () => {
  const workspace = await world.makeWorkspace({ key: { environment: 'TEST' } });
  const { holdId } = await open(workspace, { credits: CREDITS_MAX });
  const extending = world.credits.extendHold(await holds(workspace), { holdId, credits: 1n, ...key() });
  await expect(extending).rejects.toThrow(ValidationFailed);
});

test('released credits go back to the very grants they came from, and expire there if their time is over', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const grants = await world.permit(world.operator, 'credits:grant', workspace.workspaceId);
  const expiresAt = new Date(Date.now() + 700);
  const trial = { credits: credits(4), source: 'TRIAL', expiresAt, ...key() } as const;
  const { grant } = await world.credits.grantCredits(grants, trial);
  const { holdId } = await open(workspace);
  await wait(expiresAt.getTime() - Date.now() + 50);
  expect(await world.db.creditGrant.findUniqueOrThrow({ where: { id: grant.id } })).toMatchObject({ held: credits(4) });
  const permit = await holds(workspace);
  const released = await world.credits.releaseHold(permit, { holdId, reason: 'not needed', ...key() });
  expect(released.entry).toMatchObject({ kind: 'RELEASE', credits: credits(10), reason: 'not needed', isSplit: true });
  expect(released.last).toMatchObject({ kind: 'EXPIRY', credits: credits(4), availableAfter: credits(10) });
  expect(await balance(workspace)).toEqual({ available: credits(10), held: 0n });
  await expectSound(workspace);
});

test('a hold whose time is over frees itself before the next decision, and by the clock alone', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { holdId, hold } = await open(workspace, { seconds: 1 });
  await wait((hold?.expiresAt.getTime() ?? 0) - Date.now() + 20);
  await expect(capture(workspace, { holdId })).rejects.toThrow(HoldNotOpen);
  const permit = await world.permit(workspace.key.actor, 'usage:write', workspace.workspaceId);
  const call = { apiKeyId: workspace.key.actor.apiKeyId, credits: credits(10), ...key() };
  expect((await world.credits.recordUsage(permit, call)).entry.outcome).toBe('SUCCEEDED');
  expect(await world.db.hold.findUniqueOrThrow({ where: { id: holdId } })).toMatchObject({ state: 'EXPIRED' });
  const other = await world.makeWorkspace({ credits: credits(10) });
  await open(other, { seconds: 1 });
  await wait(1_020);
  await world.credits.tidy(other.workspaceId);
  expect(await balance(other)).toEqual({ available: credits(10), held: 0n });
  await expectSound(workspace);
  await expectSound(other);
});

test('a repetition gets the first answer, and the same key with another request is refused', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const first = await open(workspace, { idempotencyKey: 'a' });
  const again = await open(workspace, { idempotencyKey: 'a' });
  expect(again).toMatchObject({ replayed: true, entry: first.entry, hold: first.hold });
  await expect(open(workspace, { idempotencyKey: 'a', credits: 1n })).rejects.toThrow('already used');
  const captured = await capture(workspace, { holdId: first.holdId, credits: 1n, idempotencyKey: 'b' });
  const recaptured = await capture(workspace, { holdId: first.holdId, credits: 1n, idempotencyKey: 'b' });
  expect(recaptured).toMatchObject({ replayed: true, entry: captured.entry, last: captured.last });
  await expectSound(workspace);
});

test('a hold counts towards caps when it is opened, and what is released counts no more', async () => {
  const workspace = await world.makeWorkspace({
    credits: credits(100),
    key: { caps: [{ period: 'DAY', credits: credits(12) }] },
  });
  const { holdId } = await open(workspace);
  expect((await open(workspace, { credits: credits(3) })).entry.declineReason).toBe('KEY_LIMIT_EXCEEDED');
  await capture(workspace, { holdId, credits: credits(2) });
  expect((await open(workspace)).entry.outcome).toBe('SUCCEEDED');
  await expectSound(workspace);
});

test('what was held yesterday is given back to yesterday’s caps', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const { holdId } = await open(workspace);
  const { apiKeyId } = workspace.key.actor;
  await query(
    world.databaseUrl,
    `UPDATE hold SET created_at = created_at - interval '1 day' WHERE id = '${holdId}';
     UPDATE api_key_spend SET day = day - 1 WHERE api_key_id = '${apiKeyId}';
     UPDATE api_key SET name = 'read anew' WHERE id = '${apiKeyId}'`,
  );
  await capture(workspace, { holdId, credits: credits(3) });
  const spent = await world.db.apiKeySpend.findMany({ where: { apiKeyId } });
  expect(spent.map((row) => row.credits)).toEqual([credits(3)]);
  await expectSound(workspace);
});

test('a key decides about its own holds alone, and another one’s do not exist for it', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const other = await world.makeKey(workspace.owner, workspace.workspaceId);
  const { holdId } = await open(workspace, { with: other });
  await expect(capture(workspace, { holdId })).rejects.toThrow(NotFound);
  await expect(capture(workspace, { holdId: randomUUID() })).rejects.toThrow(NotFound);
  const permit = await world.permit(world.operator, 'holds:write', workspace.workspaceId);
  await world.credits.captureHold(permit, { holdId, credits: 1n, ...key() });
  await expectSound(workspace);
});

test('a TEST key’s hold is logged, and moves nothing', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1), key: { environment: 'TEST' } });
  const { holdId } = await open(workspace);
  const { entry, hold } = await capture(workspace, { holdId, credits: credits(4) });
  expect([entry.price, entry.credits, hold?.captured]).toEqual([credits(4), 0n, credits(4)]);
  expect(await balance(workspace)).toEqual({ available: credits(1), held: 0n });
  await expectSound(workspace);
});

test('300 reserve and capture pairs at once, some of them late, leave sound books', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(500) });
  const pairs = Array.from({ length: 300 }, async (_, index) => {
    const { holdId, entry } = await open(workspace, { credits: credits(2), seconds: 1 });
    if (entry.outcome === 'DECLINED') return;
    if (index % 7 === 0) await wait(1_100);
    await capture(workspace, { holdId, credits: credits(1), final: index % 2 === 0 }).catch((error: unknown) => {
      if (!(error instanceof HoldNotOpen)) throw error;
    });
  });
  await Promise.all(pairs);
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});
