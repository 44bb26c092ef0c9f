import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordUsageInput } from '#core/credits/debits';
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
