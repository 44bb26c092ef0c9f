import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { credits } from '../../world/world.ts';
import { type AlertWorld, openAlertWorld } from './alert-world.ts';

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
}, 60_000);
afterAll(() => world.close());
beforeEach(() => world.shiftClock(0));

const DAY_MS = 24 * 3_600_000;
const QUARTER_MS = 900_000;

test.each(['DAILY_SPEND', 'MONTHLY_SPEND'] as const)(
  '%s fires when so much is spent, once until a new window begins',
  async (condition) => {
    const workspace = await world.makeWorkspace({ credits: credits(100) });
    const alertId = await world.makeAlert(workspace, { condition, threshold: credits(10) });
    await world.spend(workspace, { credits: credits(9) });
    await world.look();
    expect(await world.story(alertId)).toEqual([]);
    await world.spend(workspace, { credits: credits(1) });
    await world.look();
    await world.spend(workspace, { credits: credits(5) });
    await world.look();
    expect(await world.story(alertId)).toEqual(['fired 10']);
    world.shiftClock(condition === 'DAILY_SPEND' ? DAY_MS : 31 * DAY_MS);
    await world.look();
    expect(await world.story(alertId)).toEqual(['fired 10', 'cleared']);
  },
);

test('the cap of each key is watched, and told with the key and the window', async () => {
  const caps = [
    { period: 'DAY', credits: credits(10) },
    { period: 'TOTAL', credits: credits(100) },
  ] as const;
  const workspace = await world.makeWorkspace({ credits: credits(100), key: { caps } });
  const alertId = await world.makeAlert(workspace, { condition: 'KEY_CAP_PERCENT', threshold: credits(80) });
  await world.spend(workspace, { credits: credits(8) });
  await world.look();
  await world.look();
  const [fired, ...more] = await world.db.event.findMany({ where: { targetId: alertId, type: 'alert.fired' } });
  const { apiKeyId } = workspace.key.actor;
  expect(fired?.after).toMatchObject({ apiKeyId, period: 'DAY', value: '80', threshold: '80' });
  expect(more).toEqual([]);
  world.shiftClock(DAY_MS);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 80', 'cleared']);
});

test('the runway is told when it becomes short, and not of who spends nothing', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const alertId = await world.makeAlert(workspace, { condition: 'RUNWAY_HOURS', threshold: credits(12) });
  await world.look();
  await world.spend(workspace, { credits: credits(48) });
  await world.look();
  // 52 at 48 in 24 hours.
  expect(await world.story(alertId)).toEqual([]);
  await world.spend(workspace, { credits: credits(24) });
  await world.look();
  const [fired] = await world.story(alertId);
  expect(Number(fired?.replace('fired ', ''))).toBeCloseTo(28 / 3, 2);
  await world.grant(workspace, credits(1_000));
  await world.look();
  expect(await world.story(alertId)).toEqual([fired, 'cleared']);
});

test('errors are told from enough calls on', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const terms = { condition: 'ERROR_PERCENT', threshold: credits(50), windowMinutes: 30, callsMin: 6 } as const;
  const alertId = await world.makeAlert(workspace, terms);
  for (let call = 0; call < 5; call++) await world.spend(workspace, { credits: 1n, outcome: 'FAILED' });
  await world.look();
  expect(await world.story(alertId)).toEqual([]);
  await world.spend(workspace, { credits: 1n });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 83.333333']);
  world.shiftClock(3_600_000);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 83.333333', 'cleared']);
});

test('a runway that hovers around the threshold is told once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(35) });
  const alertId = await world.makeAlert(workspace, { condition: 'RUNWAY_HOURS', threshold: credits(12) });
  // A credit an hour.
  await world.spend(workspace, { credits: credits(24) });
  await world.look();
  await world.grant(workspace, 1_500_000n);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 11']);
  await world.grant(workspace, 100_000n);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 11', 'cleared']);
});

test('a share of errors that hovers around the threshold is told once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const alertId = await world.makeAlert(workspace, { condition: 'ERROR_PERCENT', threshold: credits(50) });
  for (const outcome of ['FAILED', 'SUCCEEDED'] as const)
    for (let call = 0; call < 10; call++) await world.spend(workspace, { credits: 1n, outcome });
  await world.look();
  // 10 of 21, and then of 22: 47.6 and 45.5 percent.
  await world.spend(workspace, { credits: 1n });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 50']);
  await world.spend(workspace, { credits: 1n });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 50', 'cleared']);
});

test('errors that go on are told once, also when another quarter of an hour begins', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const terms = { condition: 'ERROR_PERCENT', threshold: credits(50), windowMinutes: 15, callsMin: 6 } as const;
  const alertId = await world.makeAlert(workspace, terms);
  for (let call = 0; call < 6; call++) await world.spend(workspace, { credits: 1n, outcome: 'FAILED' });
  await world.look();
  // Nobody called yet in the next quarter, which says nothing of the calls.
  const nextQuarterMs = QUARTER_MS - (Date.now() % QUARTER_MS);
  world.shiftClock(nextQuarterMs + 1_000);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 100']);
  world.shiftClock(nextQuarterMs + QUARTER_MS + 1_000);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 100', 'cleared']);
});

test('an idempotency key makes one alert, and another input under it is refused', async () => {
  const workspace = await world.makeWorkspace();
  const terms = { condition: 'BALANCE', threshold: credits(1), idempotencyKey: randomUUID() } as const;
  expect(await world.makeAlert(workspace, terms)).toBe(await world.makeAlert(workspace, terms));
  await expect(world.makeAlert(workspace, { ...terms, threshold: credits(2) })).rejects.toThrow(/already used/);
});

test.each([
  ['a threshold of 0', { condition: 'BALANCE', threshold: 0n }, /^threshold is in credits/],
  ['101 percent', { condition: 'ERROR_PERCENT', threshold: credits(101) }, /^threshold is in percent/],
  [
    'a window for a balance',
    { condition: 'BALANCE', threshold: 1n, windowMinutes: 15 },
    /^windowMinutes is for ERROR_PERCENT/,
  ],
  [
    'a window of 20 minutes',
    { condition: 'ERROR_PERCENT', threshold: 1n, windowMinutes: 20 },
    /^windowMinutes must be a mult/,
  ],
  ['a key for a balance', { condition: 'BALANCE', threshold: 1n, apiKeyId: randomUUID() }, /^apiKeyId is for KEY_CAP/],
  ['a key of nobody', { condition: 'KEY_CAP_PERCENT', threshold: 1n, apiKeyId: randomUUID() }, /^No such API key/],
  [
    'eleven addresses',
    { condition: 'BALANCE', threshold: 1n, mailedAddresses: Array.from({ length: 11 }, () => 'a@b.cd') },
    /^mailedAddresses has more/,
  ],
  [
    'a header for an address',
    { condition: 'BALANCE', threshold: 1n, mailedAddresses: ['a@b.cd\r\nBcc: c@d.ef'] },
    /^mailedAddresses has some/,
  ],
] as const)('refuses %s', async (_what, terms, message) => {
  const workspace = await world.makeWorkspace();
  await expect(world.makeAlert(workspace, terms)).rejects.toThrow(message);
});
