import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { muteAlert, testAlert, updateAlert } from '#core/alerts/alerts';
import { credits, type TestWorkspace } from '../../world/world.ts';
import { type AlertWorld, openAlertWorld } from './alert-world.ts';

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
}, 60_000);
afterAll(() => world.close());
beforeEach(() => world.shiftClock(0));

const write = ({ owner, workspaceId }: TestWorkspace) => world.permit(owner, 'alerts:write', workspaceId);

test('an alert fires once when the balance falls below its threshold, and again only after it came back', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(10) });
  await world.look();
  expect(await world.story(alertId)).toEqual([]);
  await world.spend(workspace, { credits: credits(10) });
  await world.look();
  expect(await world.story(alertId)).toEqual([]);
  for (let call = 0; call < 3; call++) {
    await world.spend(workspace, { credits: credits(1) });
    await world.look();
  }
  expect(await world.story(alertId)).toEqual(['fired 9 at 3']);
  // Above the threshold, but by less than a twentieth: it hovers.
  await world.grant(workspace, credits(3) + 400_000n);
  await world.spend(workspace, { credits: credits(1) });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 9 at 3']);
  await world.grant(workspace, credits(10));
  await world.look();
  await world.spend(workspace, { credits: credits(12) });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 9 at 3', 'cleared', 'fired 7.4 at 9']);
});

test('what fell and came back between two looks is told, each time it did', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(10) });
  await world.look();
  for (let dip = 0; dip < 3; dip++) {
    await world.spend(workspace, { credits: credits(15) });
    await world.grant(workspace, credits(15));
  }
  await world.look();
  const told = [2, 4, 6].flatMap((seq) => [`fired 5 at ${seq}`, 'cleared']);
  expect(await world.story(alertId)).toEqual(told);
});

test('a condition that is true already is told at once, and one more look changes nothing', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(10) });
  await world.look();
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 5 at 1']);
});

test('percent are of the last grant', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE_PERCENT', threshold: credits(20) });
  await world.spend(workspace, { credits: credits(70) });
  await world.look();
  expect(await world.story(alertId)).toEqual([]);
  // 30 of what were 100 were enough, and are no dip below a fifth of 1,000.
  await world.grant(workspace, credits(1_000));
  await world.look();
  expect(await world.story(alertId)).toEqual([]);
  await world.spend(workspace, { credits: credits(900) });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 13 at 4']);
});

test('several processes that look at once tell of each crossing once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(100) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(50) });
  await world.look();
  const others = Array.from({ length: 3 }, () => world.anotherLook());
  await Promise.all([
    ...Array.from({ length: 80 }, () => world.spend(workspace, { credits: credits(1) })),
    ...Array.from({ length: 10 }, () => Promise.all([world.look(), ...others.map((look) => look())])),
  ]);
  await Promise.all([world.look(), ...others.map((look) => look())]);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 49 at 52']);
});

test('a muted alert tells nothing, and what is true when the time is over is told then', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(10) });
  await world.spend(workspace, { credits: credits(15) });
  await world.look();
  await muteAlert(world.db, await write(workspace), { alertId, until: new Date(Date.now() + 3_600_000) });
  await world.spend(workspace, { credits: credits(1) });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 5 at 2', 'cleared']);
  world.shiftClock(3_600_001);
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 5 at 2', 'cleared', 'fired 4 at 3']);
});

test('another threshold is looked at anew', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(30) });
  await world.look();
  await updateAlert(world.db, await write(workspace), { alertId, threshold: credits(10) });
  await world.look();
  await updateAlert(world.db, await write(workspace), { alertId, threshold: credits(21) });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 20 at 1', 'cleared', 'fired 20 at 1']);
});

test('a test is told like a firing, says that it is one, and leaves the alert armed', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(20) });
  const alertId = await world.makeAlert(workspace, { condition: 'BALANCE', threshold: credits(10) });
  await testAlert(world.db, await write(workspace), { alertId });
  const [told] = await world.db.event.findMany({ where: { targetId: alertId, type: 'alert.fired' } });
  expect(told).toMatchObject({ actorKind: 'USER', after: { isTest: true, value: '10', threshold: '10' } });
  await world.spend(workspace, { credits: credits(11) });
  await world.look();
  expect(await world.story(alertId)).toEqual(['fired 10', 'fired 9 at 2']);
});
