import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashIdempotencyKey } from '#core/idempotency';
import { newId } from '#core/ids';
import { type PageRequest, pageOf } from '#core/paging';
import { listUsage } from '#core/usage/log';
import { openWorld, type TestWorkspace, type World } from '../world/world.ts';

let world: World;
let workspace: TestWorkspace;
beforeAll(async () => {
  world = await openWorld();
  workspace = await world.makeWorkspace();
  for (let count = 0; count < 7; count++) await log();
});
afterAll(() => world.close());

let calls = 0;
async function log(): Promise<void> {
  const permit = await world.permit(workspace.key.actor, 'usage:write', workspace.workspaceId);
  const call = { apiKeyId: workspace.key.actor.apiKeyId, credits: 0n, idempotencyKey: `call-${calls++}` };
  await world.credits.recordUsage(permit, call);
}

const list = async (request: PageRequest) =>
  listUsage(world.db, await world.permit(workspace.owner, 'usage:read', workspace.workspaceId), request);
const seqs = ({ edges }: Awaited<ReturnType<typeof list>>) => edges.map(({ node }) => Number(node.seq));
const cursor = (key: string) => Buffer.from(`c1:${key}`).toString('base64url');

test('pages forward and backward meet, and say where there is more', async () => {
  const first = await list({ first: 3 });
  expect(seqs(first)).toEqual([7, 6, 5]);
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const second = await list({ first: 4, after: first.pageInfo.endCursor });
  expect(seqs(second)).toEqual([4, 3, 2, 1]);
  expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const back = await list({ last: 2, before: second.pageInfo.startCursor });
  expect(seqs(back)).toEqual([6, 5]);
  expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  expect(seqs(await list({ last: 2 }))).toEqual([2, 1]);
  expect(await list({ first: 0 })).toMatchObject({ edges: [], pageInfo: { hasNextPage: true, endCursor: null } });
});

test.each<[PageRequest, string]>([
  [{ first: 101 }, 'first'],
  [{ first: -1 }, 'first'],
  [{ last: 101 }, 'last'],
  [{ first: 1, last: 1 }, 'first'],
  [{ first: 1, before: cursor('1') }, 'after'],
  [{ after: 'forged' }, 'after'],
  [{ after: cursor("1'; DROP") }, 'after'],
  [{ after: cursor('9'.repeat(40)) }, 'after'],
  [{ before: cursor('-1') }, 'before'],
])('%j is refused by the name of %s', async (request, field) => {
  await expect(list(request)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', inputPath: [field] });
});

test('a row that comes while someone pages is neither skipped over nor shown twice', async () => {
  const first = await list({ first: 4 });
  await log();
  const second = await list({ first: 4, after: first.pageInfo.endCursor });
  expect([...seqs(first), ...seqs(second)]).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test('a page of nothing has no cursors', async () => {
  const empty = await pageOf({}, { rows: async () => [], key: String });
  expect(empty.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
});

const SCOPE = newId();

test.each(['', ' ', ' a', 'x'.repeat(256), 'é', 'tab\t', 'line\n', 'nul\0'])(
  'an idempotency key is 1 to 255 printable ASCII characters: %j is refused',
  (key) => {
    expect(() => hashIdempotencyKey(SCOPE, key)).toThrow('1 to 255 printable ASCII');
  },
);

test('an idempotency key of 255 characters is good, and every character counts', () => {
  expect(hashIdempotencyKey(SCOPE, 'x'.repeat(255))).not.toEqual(hashIdempotencyKey(SCOPE, 'x'.repeat(254)));
});
