import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteWorkspace } from '#core/workspaces/deletion';
import { deliver, makeInbox, publicId, type TestInbox } from '../inboxes/stage.ts';
import { openServer, type TestServer } from '../world/server.ts';
import type { TestWorkspace } from '../world/world.ts';
import { follow, followSse, openClient, type SseStream, type Stream } from './clients.ts';

let server: TestServer;
let workspace: TestWorkspace;
let inbox: TestInbox;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ key: { scopes: ['inboxes:read'] } });
});
afterAll(() => server.close());

const FOLLOW = `subscription ($id: ID!, $after: Seq) { event: inboxReceived(inboxId: $id, after: $after) { __typename
  ... on InboxSnapshot { number inbox { name } } ... on InboxReset { number } ... on DeliveryReceived { number delivery { id text } } } }`;

const open = (on: TestServer, after?: string): Stream =>
  follow(openClient(on.socketUrl, { token: workspace.key.secret }), FOLLOW, { id: inbox.id, after });
const told = ({ events }: Stream): string[] =>
  // A last word that is an error has no event.
  events.flatMap(({ data }) => (data ? [`${data.event.__typename as string} ${data.event.number as string}`] : []));

test('deliveries are told in order, none twice, live and replayed, over a restart and on another node', async () => {
  inbox = await makeInbox(server, workspace);
  await deliver(inbox, 'before');
  const stream = open(server);
  await stream.until(({ events }) => events.length === 1);
  const ids = await Promise.all([1, 2, 3].map((number) => deliver(inbox, `event ${number}`)));
  await stream.until(({ events }) => events.length === 4);
  expect(told(stream)).toEqual(['InboxSnapshot 1', 'DeliveryReceived 2', 'DeliveryReceived 3', 'DeliveryReceived 4']);
  const heard = stream.events.slice(1).map(({ data }) => data.event.delivery.id as string);
  expect(heard.toSorted()).toEqual(ids.map(publicId).toSorted());
  stream.stop();
  await deliver(inbox, 'while nobody listened');
  const other = await openServer({}, { beside: server });
  const resumed = open(other, '3');
  await resumed.until(({ events }) => events.length === 2);
  // Nothing but the poll tells the other node.
  await deliver(inbox, 'told elsewhere');
  await resumed.until(({ events }) => events.length === 3);
  expect(told(resumed)).toEqual(['DeliveryReceived 4', 'DeliveryReceived 5', 'DeliveryReceived 6']);
  resumed.stop();
  await other.close();
});

test('a server-sent delivery has its number as its id, and an EventSource that comes back goes on from there', async () => {
  inbox = await makeInbox(server, workspace);
  const listen = (headers: Record<string, string> = {}): Promise<SseStream> =>
    followSse(server.url, FOLLOW, { token: workspace.key.secret, method: 'GET', variables: { id: inbox.id }, headers });
  const first = await listen();
  await first.until(({ events }) => events.length === 1);
  await deliver(inbox, 'one');
  await first.until(({ events }) => events.length === 2);
  first.stop();
  await deliver(inbox, 'while nobody listened');
  const second = await listen({ 'last-event-id': first.ids[1] ?? '' });
  await second.until(({ events }) => events.length === 1);
  await deliver(inbox, 'three');
  await second.until(({ events }) => events.length === 2);
  expect([first.ids, told(first)]).toEqual([
    ['0', '1'],
    ['InboxSnapshot 0', 'DeliveryReceived 1'],
  ]);
  expect([second.ids, told(second)]).toEqual([
    ['2', '3'],
    ['DeliveryReceived 2', 'DeliveryReceived 3'],
  ]);
  second.stop();
  const refused = await listen({ 'last-event-id': 'YTE6MDow' });
  await refused.until(({ isComplete }) => isComplete);
  expect(refused.events[0]?.errors?.[0]?.message).toContain('Last-Event-ID');
});

test('what can no longer be replayed begins anew, and says so', async () => {
  inbox = await makeInbox(server, workspace);
  const ids = [await deliver(inbox), await deliver(inbox), await deliver(inbox)];
  await server.db.inboxDelivery.delete({ where: { id: ids[1] ?? '' } });
  for (const [after, first] of [
    ['1', 'InboxReset 3'],
    ['99', 'InboxReset 3'],
  ]) {
    const stream = open(server, after);
    await stream.until(({ events }) => events.length === 1);
    expect(told(stream)).toEqual([first]);
    stream.stop();
  }
  const whole = open(server, '0');
  await whole.until(({ events }) => events.length === 2);
  expect(told(whole)).toEqual(['DeliveryReceived 1', 'InboxReset 3']);
  whole.stop();
});

test('who loses the right to an inbox hears no more of it', async () => {
  workspace = await server.makeWorkspace({ key: { scopes: ['inboxes:read'] } });
  inbox = await makeInbox(server, workspace);
  const stream = open(server);
  await stream.until(({ events }) => events.length === 1);
  const remove = await server.permit(workspace.owner, 'workspace:delete', workspace.workspaceId);
  await deleteWorkspace(server.db, remove, { name: 'Acme' });
  await stream.until(({ failure, events }) => failure !== null || events.length > 1, 10_000);
  expect(told(stream)).toEqual(['InboxSnapshot 0']);
});
