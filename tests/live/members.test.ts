import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#core/access/policy';
import { encodeId, newId } from '#core/ids';
import { openServer, type Person, type TestServer } from '../world/server.ts';
import { follow, openClient } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()), 60_000);
afterAll(() => server.close());

const USAGE = `subscription ($workspaceId: ID!) { event: usageRecorded(workspaceId: $workspaceId) { ... on FeedSnapshot { seq } } }`;

/** An OWNER, and beside them one member with a role. */
async function makePair(role: Role) {
  const [owner, guest] = [await server.signUp(), await server.signUp()];
  const { id } = await server.db.workspace.findUniqueOrThrow({ where: { defaultOfId: owner.userId } });
  const memberId = newId();
  const data = { id: memberId, workspaceId: id, userId: guest.userId, role, createdAt: new Date() };
  await server.db.member.create({ data });
  return { owner, guest, id, workspaceId: encodeId('Workspace', id), memberId: encodeId('Member', memberId) };
}

async function change({ cookie }: Person, mutation: string): Promise<void> {
  const { data } = await server.request(`mutation { it: ${mutation} { __typename } }`, { headers: { cookie } });
  expect(data.it.__typename).toMatch(/Payload$/);
}

test('a member who is removed loses their streams in that workspace within a second, and in no other', async () => {
  const { owner, guest, workspaceId, memberId } = await makePair('MEMBER');
  const { id } = await server.db.workspace.findUniqueOrThrow({ where: { defaultOfId: guest.userId } });
  const client = openClient(server.socketUrl, { headers: { cookie: guest.cookie, origin: server.url } });
  const here = follow(client, USAGE, { workspaceId });
  const there = follow(client, USAGE, { workspaceId: encodeId('Workspace', id) });
  for (const stream of [here, there]) await stream.until(({ events }) => events.length > 0);
  await change(owner, `removeMember(input: { memberId: "${memberId}" })`);
  await here.until(({ isComplete }) => isComplete, 1_000);
  expect(here.events.at(-1)?.errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  expect(there).toMatchObject({ isComplete: false, failure: null });
  expect(client.closeCodes).toEqual([]);
  there.stop();
  await client.dispose();
});

test('over HTTP too, a key shrinks with the demotion of its creator at once, and survives their removal', async () => {
  const { owner, guest, id, workspaceId, memberId } = await makePair('MEMBER');
  const actor = { kind: 'USER', userId: guest.userId, sessionId: '', address: null } as const;
  const { secret } = await server.makeKey(actor, id);
  const spend = async (): Promise<unknown> => {
    const { data, errors } = await server.request(
      `mutation { recordUsage(input: { credits: 0, idempotencyKey: "${randomUUID()}" }) { __typename } }`,
      { token: secret },
    );
    return (data?.recordUsage.__typename as unknown) ?? errors?.[0]?.extensions['code'];
  };
  expect(await spend()).toBe('RecordUsagePayload');
  await change(owner, `changeMemberRole(input: { memberId: "${memberId}", role: VIEWER })`);
  expect(await spend()).toBe('FORBIDDEN');
  await change(owner, `changeMemberRole(input: { memberId: "${memberId}", role: MEMBER })`);
  await change(guest, `leaveWorkspace(input: { workspaceId: "${workspaceId}" })`);
  expect(await spend()).toBe('RecordUsagePayload');
});
