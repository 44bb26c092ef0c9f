import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '#core/ids';
import type { Mail } from '#core/mail';
import { updateWebhookEndpoint } from '#core/webhooks/endpoints';
import { tellOwners } from '#core/webhooks/notice';
import type { TestWorkspace } from '../world/world.ts';
import { openStage, type Stage } from './stage.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let stage: Stage;
let workspace: TestWorkspace;
let endpointId: string;
let start: number;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.world.db.webhookEndpoint.deleteMany();
  workspace = await stage.world.makeWorkspace();
  endpointId = (await stage.makeEndpoint(workspace, { path: '/hook?token=secret' })).id;
  stage.receiver.answer = (_received, response) => response.writeHead(410).end();
  await stage.grant(workspace);
  await stage.tell(workspace);
  start = stage.clock().getTime();
});

/** Tells who has not been told so long after it was disabled. @returns what was mailed. */
async function tellAfter(ms: number, { isDown = false } = {}): Promise<{ mails: Mail[]; failed: number }> {
  const mails: Mail[] = [];
  let failed = 0;
  const send = async (mail: Mail): Promise<void> => {
    if (isDown) throw new Error('no mail server');
    mails.push(mail);
  };
  const means = { mailer: { send }, publicUrl: 'https://purse.example.com', onError: () => void failed++ };
  await tellOwners(stage.world.db, { ...means, at: new Date(start + ms) });
  return { mails, failed };
}

test('the OWNERs are mailed once that an endpoint was disabled, by one of several processes', async () => {
  const { userId } = await stage.world.makeUser();
  const { workspaceId } = workspace;
  await stage.world.db.member.create({
    data: { id: newId(), workspaceId, userId, role: 'ADMIN', createdAt: new Date() },
  });
  const mails = (await Promise.all([0, 0, 0].map((ms) => tellAfter(ms)))).flatMap((told) => told.mails);
  expect(mails.map(({ to }) => to)).toEqual([workspace.owner.email]);
  expect(mails[0]?.subject).toBe('A webhook endpoint of "Acme" was disabled');
  expect(mails[0]?.text).toMatch(/ It answered 410 Gone\.[^]*\/w\/[^/]+\/webhooks$/);
  expect(mails[0]?.text).not.toContain('secret');
  expect((await tellAfter(DAY_MS)).mails).toEqual([]);
});

test('a notice that no mail server took, or that was lost with a process, is sent later, for a day', async () => {
  expect(await tellAfter(0, { isDown: true })).toEqual({ mails: [], failed: 1 });
  expect(await tellAfter(9 * MINUTE_MS)).toEqual({ mails: [], failed: 0 });
  expect(await tellAfter(10 * MINUTE_MS, { isDown: true })).toEqual({ mails: [], failed: 1 });
  expect((await tellAfter(20 * MINUTE_MS)).mails).toHaveLength(1);
  await stage.world.db.webhookEndpoint.updateMany({ data: { noticeDueAt: new Date(start) } });
  expect(await tellAfter(DAY_MS, { isDown: true })).toEqual({ mails: [], failed: 1 });
  expect(await tellAfter(2 * DAY_MS)).toEqual({ mails: [], failed: 0 });
});

test('nobody is told of what was enabled again meanwhile', async () => {
  const permit = await stage.world.permit(workspace.owner, 'webhooks:write', workspace.workspaceId);
  const changes = { webhookEndpointId: endpointId, disabled: false };
  await updateWebhookEndpoint(stage.world.db, permit, changes, stage.means);
  expect((await tellAfter(0)).mails).toEqual([]);
});
