import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testAlert } from '#core/alerts/alerts';
import { newId } from '#core/ids';
import { credits, type TestWorkspace } from '../../world/world.ts';
import { type AlertWorld, openAlertWorld } from './alert-world.ts';

let world: AlertWorld;
beforeAll(async () => {
  world = await openAlertWorld();
}, 60_000);
afterAll(() => world.close());
beforeEach(() => {
  world.mails.length = 0;
  world.logged.length = 0;
  world.outage.error = null;
  world.shiftClock(0);
});

async function addMember({ workspaceId }: TestWorkspace, role: 'ADMIN' | 'MEMBER', removedAt: Date | null = null) {
  const { userId, email } = await world.makeUser();
  await world.db.member.create({ data: { id: newId(), workspaceId, userId, role, createdAt: new Date(), removedAt } });
  return email;
}

const low = { condition: 'BALANCE', threshold: credits(10) } as const;

test('members with the roles and the addresses are mailed, each once, and say what is the case', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const admin = await addMember(workspace, 'ADMIN');
  await addMember(workspace, 'MEMBER');
  await addMember(workspace, 'ADMIN', new Date());
  const owner = workspace.owner.email;
  await world.makeAlert(workspace, {
    ...low,
    name: 'Top "up"',
    mailedRoles: ['OWNER', 'ADMIN'],
    mailedAddresses: ['Billing@Example.com', owner],
  });
  await world.look();
  await world.look();
  expect(world.mails.map(({ to }) => to).toSorted()).toEqual([admin, 'billing@example.com', owner].toSorted());
  expect(world.mails[0]?.subject).toBe(`Alert "Top 'up'" in "Acme"`);
  expect(world.mails[0]?.text).toMatch(/^What can be spent is 5 credits, below 10 credits\.\n/);
  const { slug } = await world.db.workspace.findUniqueOrThrow({ where: { id: workspace.workspaceId } });
  expect(world.mails[0]?.text).toContain(`/w/${slug}/alerts`);
});

test('a mail that fails is tried again later, and no other mail with it', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const alertId = await world.makeAlert(workspace, { ...low, mailedAddresses: ['ada@example.com'] });
  const firing = () => world.db.alertFiring.findFirstOrThrow({ where: { alertId } });
  world.outage.error = new Error('535 5.7.8 no such account: purse-mailer at 10.1.2.3');
  await world.look();
  // What the server said is for whoever runs the service.
  expect(world.logged).toEqual([world.outage.error]);
  expect(await firing()).toMatchObject({
    mailTo: ['ada@example.com'],
    mailError: 'The mail server did not take the mail.',
    mailAttempts: 1,
  });
  world.outage.error = null;
  await world.look();
  expect(world.mails).toEqual([]);
  world.shiftClock(11_000);
  await world.look();
  world.shiftClock(3_600_000);
  await world.look();
  expect(world.mails).toHaveLength(1);
  expect(await firing()).toMatchObject({ mailTo: [], mailError: null, mailDueAt: null });
});

test('a mail server that stays away is given up in the end, and the firing says so', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const alertId = await world.makeAlert(workspace, { ...low, mailedAddresses: ['ada@example.com'] });
  world.outage.error = new Error('550 No');
  for (let hour = 0; hour < 12; hour++) {
    world.shiftClock(hour * 3_600_000);
    await world.look();
  }
  const firing = await world.db.alertFiring.findFirstOrThrow({ where: { alertId } });
  expect(firing).toMatchObject({
    mailAttempts: 8,
    mailDueAt: null,
    mailError: 'The mail server did not take the mail.',
  });
});

test('a test mail says that it is one; the 21st test within an hour is refused', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(50) });
  const alertId = await world.makeAlert(workspace, { ...low, mailedAddresses: ['ada@example.com'] });
  const permit = await world.permit(workspace.owner, 'alerts:write', workspace.workspaceId);
  await testAlert(world.db, permit, { alertId });
  await world.look();
  expect(world.mails[0]?.text).toMatch(/^This is a test\. .*: what can be spent is below 10 credits\.\n/);
  const { slug } = await world.db.workspace.findUniqueOrThrow({ where: { id: workspace.workspaceId } });
  expect(world.mails[0]?.text).toContain(`/w/${slug}/alerts`);
  for (let count = 1; count < 20; count++) await testAlert(world.db, permit, { alertId });
  await expect(testAlert(world.db, permit, { alertId })).rejects.toThrow(/at most 20 times an hour/);
});

test('beyond a hundred firings in a day nobody is mailed, and the history goes on', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const alertId = await world.makeAlert(workspace, { ...low, mailedAddresses: ['flood@example.com'] });
  const { workspaceId } = workspace;
  const past = { alertId, workspaceId, subject: '', value: 1n, threshold: 1n, isTest: false };
  const at = new Date();
  await world.db.alertFiring.createMany({
    data: Array.from({ length: 100 }, () => ({ ...past, id: newId(), firedAt: at, clearedAt: at })),
  });
  await world.look();
  expect(world.mails.filter(({ to }) => to === 'flood@example.com')).toEqual([]);
  const firing = await world.db.alertFiring.findFirstOrThrow({ where: { alertId, clearedAt: null } });
  expect(firing.mailError).toMatch(/^Not mailed/);
});
