import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordUsageInput } from '#core/credits/debits';
import type { HoldInput } from '#core/credits/hold-input';
import type { ExtendHoldInput } from '#core/credits/holds';
import { ValidationFailed } from '#core/errors';
import { type ClockedWorld, openClockedWorld } from '../../world/shifted-clock.ts';
import { credits, type TestWorkspace } from '../../world/world.ts';

let world: ClockedWorld;
beforeAll(async () => void (world = await openClockedWorld()));
afterAll(() => world.close());

const key = (): { idempotencyKey: string } => ({ idempotencyKey: randomUUID() });
const at = (time: string): Promise<void> => world.setClock(new Date(time));

async function spend({ workspaceId, key: { actor } }: TestWorkspace, input: Partial<RecordUsageInput> = {}) {
  const permit = await world.permit(actor, 'usage:write', workspaceId);
  const call = { apiKeyId: actor.apiKeyId, credits: credits(1), ...key(), ...input };
  return (await world.credits.recordUsage(permit, call)).entry;
}

async function openHold({ workspaceId, key: { actor } }: TestWorkspace, input: Partial<HoldInput> = {}) {
  const permit = await world.permit(actor, 'holds:write', workspaceId);
  const asked = { apiKeyId: actor.apiKeyId, credits: credits(1), seconds: 86_400, ...key(), ...input };
  const holdId = (await world.credits.createHold(permit, asked)).hold?.id ?? '';
  const extend = (more: Partial<ExtendHoldInput>) => world.credits.extendHold(permit, { holdId, ...key(), ...more });
  return { permit, holdId, extend };
}

test('a key that used up its day’s cap is declined until midnight and no longer, whatever came in between', async () => {
  for (const [first, second] of [
    ['2026-12-01', '2026-12-02'],
    ['2026-12-03', '2026-12-04'],
  ]) {
    await at(`${first}T23:59:00Z`);
    const caps = [{ period: 'DAY', credits: credits(5) } as const];
    const workspace = await world.makeWorkspace({ credits: credits(100), key: { caps } });
    expect((await spend(workspace, { credits: credits(5) })).outcome).toBe('SUCCEEDED');
    expect((await spend(workspace)).outcome).toBe('DECLINED');
    await at(`${second}T00:00:00Z`);
    // What charges nothing takes the account over midnight too.
    if (first === '2026-12-03') await spend(workspace, { outcome: 'FAILED' });
    expect(await spend(workspace)).toMatchObject({ outcome: 'SUCCEEDED', capSpent: null });
  }
});

test('a hold lives for 7 days in all, by the time of its last extension and not by that of what is remembered', async () => {
  await at('2026-12-10T00:00:00Z');
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { extend } = await openHold(workspace);
  for (const [date, hour] of [10, 11, 12, 13, 14, 15].map((day, passed) => [day, 22 - passed])) {
    await at(`2026-12-${date}T${hour}:00:00Z`);
    await extend({ seconds: 86_400 });
  }
  await at('2026-12-16T00:30:00Z');
  await spend(workspace);
  await at('2026-12-16T16:00:00Z');
  await expect(extend({ seconds: 82_800 })).rejects.toThrow(ValidationFailed);
  const { hold } = await extend({ seconds: 14_000 });
  expect(hold?.expiresAt.getTime()).toBeLessThan(new Date('2026-12-17T00:00:00Z').getTime());
});

test('nothing is added to a hold past the window of a cap: yesterday’s count cannot be spent today', async () => {
  await at('2026-12-20T23:00:00Z');
  const caps = [{ period: 'DAY', credits: credits(10) } as const];
  const workspace = await world.makeWorkspace({ credits: credits(100), key: { caps } });
  const { permit, holdId, extend } = await openHold(workspace, { overage: 'TAKE' });
  await extend({ credits: credits(1) });
  await at('2026-12-21T01:00:00Z');
  await expect(extend({ credits: credits(1) })).rejects.toThrow(/the DAY of the key's cap that it counts in is over/);
  const capture = (amount: number) => world.credits.captureHold(permit, { holdId, credits: credits(amount), ...key() });
  await expect(capture(3)).rejects.toThrow(ValidationFailed);
  expect((await capture(2)).entry).toMatchObject({ outcome: 'SUCCEEDED', credits: credits(2) });
});
