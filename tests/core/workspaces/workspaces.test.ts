import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conflict, IdempotencyConflict, ValidationFailed } from '#core/errors';
import { slugFor } from '#core/workspaces/slug';
import { createWorkspace, ensureDefaultWorkspace } from '#core/workspaces/workspaces';
import { violationsOf } from '../../world/invariants.ts';
import { openWorld, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test('20 processes that make a user’s default workspace at once make exactly one', async () => {
  const { userId } = await world.makeUser();
  const ensure = () => ensureDefaultWorkspace(world.db, { id: userId, name: 'Ada' });
  const ids = new Set(await Promise.all(Array.from({ length: 20 }, ensure)));
  expect(ids.size).toBe(1);
  const made = await world.db.workspace.findMany({
    where: { members: { some: { userId } } },
    include: { members: true, balance: true },
  });
  expect(made).toMatchObject([{ defaultOfId: userId, members: [{ role: 'OWNER' }], balance: { available: 0n } }]);
  expect(await violationsOf(world, made[0]?.id ?? '')).toEqual([]);
});

test.each(['🦊'.repeat(70), 'half \ud83d', '\u200b', 'a\u0007\u202eb', '  '])(
  'any name a user may have gives a default workspace: %j',
  async (name) => {
    const { userId } = await world.makeUser();
    const id = await ensureDefaultWorkspace(world.db, { id: userId, name });
    const workspace = await world.db.workspace.findUniqueOrThrow({ where: { id } });
    expect(workspace.name).toMatch(/^[\p{L}\p{N}\p{S} ]+'s workspace$/u);
  },
);

test('a workspace is made once per idempotency key, also when two first calls race', async () => {
  const owner = await world.makeUser();
  const input = { name: 'Acme', idempotencyKey: 'first' };
  const both = await Promise.all([
    createWorkspace(world.db, owner, input),
    createWorkspace(world.db, owner, input),
    createWorkspace(world.db, owner, input),
  ]);
  expect(new Set(both.map(({ workspaceId }) => workspaceId)).size).toBe(1);
  expect(both.filter(({ replayed }) => !replayed)).toHaveLength(1);
  await expect(createWorkspace(world.db, owner, { ...input, name: 'Other' })).rejects.toThrow(IdempotencyConflict);
  expect((await createWorkspace(world.db, await world.makeUser(), input)).replayed).toBe(false);
});

test('workspaces of one name get slugs of their own', async () => {
  const owner = await world.makeUser();
  const make = (idempotencyKey: string) => createWorkspace(world.db, owner, { name: 'Same Name', idempotencyKey });
  const made = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(make));
  const rows = await world.db.workspace.findMany({ where: { id: { in: made.map(({ workspaceId }) => workspaceId) } } });
  const slugs = rows.map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(8);
  expect(slugs).toContain('same-name');
  for (const slug of slugs) expect(slug).toMatch(/^same-name(-[a-z0-9]{5})?$/);
});

test.each([
  ['Crème & Brûlée, Inc.', /^creme-brulee-inc$/],
  ['admin', /^admin-[a-z0-9]{5}$/],
  ['GraphQL', /^graphql-[a-z0-9]{5}$/],
  ['日本', /^workspace-[a-z0-9]{5}$/],
  ['x', /^x-[a-z0-9]{5}$/],
  [`${'a'.repeat(39)} b`, /^a{39}$/],
])('the slug of %j is readable, not reserved and at most 40 characters', (name, expected) => {
  expect(slugFor(name)).toMatch(expected);
});

test.each(['', '   ', '\u200b\u200d', 'a\u202eb', 'a\0b', 'x'.repeat(81), 'half \ud83d'])(
  'a name is 1 to 80 characters that people can see: %j is refused',
  async (name) => {
    const owner = await world.makeUser();
    await expect(createWorkspace(world.db, owner, { name, idempotencyKey: 'x' })).rejects.toThrow(ValidationFailed);
  },
);

test('nobody owns more than 100 workspaces, those in their days of grace included, also when they hurry', async () => {
  const owner = await world.makeUser();
  const create = (number: number) => createWorkspace(world.db, owner, { name: 'Acme', idempotencyKey: `n${number}` });
  for (let made = 0; made < 98; made++) await create(made);
  const outcomes = await Promise.allSettled([create(98), create(99), create(100), create(101)]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  await expect(create(102)).rejects.toThrow(Conflict);
  expect(await create(0)).toMatchObject({ replayed: true });
});
