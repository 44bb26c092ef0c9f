import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keySpending } from '#core/credits/spend-proof';
import { Unauthenticated } from '#core/errors';
import { eventChains, verifyEventChain } from '#core/events/chain';
import { newId } from '#core/ids';
import { deleteWorkspace } from '#core/workspaces/deletion';
import { eraseDeletedWorkspaces } from '#core/workspaces/erasure';
import { createWorkspace } from '#core/workspaces/workspaces';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const DAY_MS = 24 * 3_600_000;

const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const erase = (ledgerDays?: number) => eraseDeletedWorkspaces(world.db, { ledgerDays });
const find = (id: string) => world.db.workspace.findUniqueOrThrow({ where: { id } });

/** A workspace with a ledger, deleted so many days ago. */
async function makeDeleted(days: number): Promise<TestWorkspace> {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { workspaceId, owner, key } = workspace;
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  await world.credits.recordUsage(permit, {
    apiKeyId: key.actor.apiKeyId,
    credits: credits(3),
    idempotencyKey: randomUUID(),
  });
  await deleteWorkspace(world.db, await world.permit(owner, 'workspace:delete', workspaceId), { name: 'Acme' });
  await world.db.workspace.update({ where: { id: workspaceId }, data: { deletedAt: ago(days) } });
  await world.db.invitation.create({ data: await anInvitation(workspaceId) });
  world.keys.forget(workspaceId);
  return workspace;
}

async function anInvitation(workspaceId: string) {
  const { id: invitedById } = await world.db.member.findFirstOrThrow({ where: { workspaceId } });
  const times = { createdAt: new Date(), expiresAt: new Date() };
  const tokenHash = Buffer.from(newId());
  return {
    id: newId(),
    workspaceId,
    email: 'ada@example.com',
    role: 'MEMBER',
    tokenHash,
    invitedById,
    ...times,
  } as const;
}

/** Rows of the workspace in every table that has some, but for its own. */
async function rowsOf(workspaceId: string): Promise<Record<string, number>> {
  const tables = await query<{ name: string; key: string }>(
    world.databaseUrl,
    `SELECT c.table_name AS name, c.column_name AS key FROM information_schema.columns c
     JOIN pg_class ON relname = c.table_name AND NOT relispartition
     WHERE c.table_schema = 'public' AND c.column_name IN ('workspace_id', 'scope_id') ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name, key } of tables) {
    const sql = `SELECT count(*)::int AS count FROM "${name}" WHERE "${key}" = '${workspaceId}'`;
    const [row] = await query<{ count: number }>(world.databaseUrl, sql);
    if (row && row.count > 0) counts[name] = row.count;
  }
  return counts;
}

test('erasure leaves a nameless row with its ledger and audit log, once the days of grace are over', async () => {
  const [due, graced] = [await makeDeleted(7.01), await makeDeleted(6.99)];
  const alive = await world.makeWorkspace();
  const { slug } = await find(due.workspaceId);
  await erase();
  expect(await find(due.workspaceId)).toMatchObject({
    name: 'Erased workspace',
    slug: expect.stringMatching(/^erased-[a-z0-9]{20}$/),
    erasedAt: expect.any(Date),
  });
  expect(await rowsOf(due.workspaceId)).toEqual({
    balance: 1,
    credit_grant: 1,
    event: 5,
    event_head: 1,
    ledger_entry: 2,
    // The ledger's sums stay with it.
    usage_quarter: 1,
  });
  expect(await violationsOf(world, due.workspaceId)).toEqual([]);
  for await (const rows of verifyEventChain(world.db, due.workspaceId)) expect(rows).toBe(5);
  await expect(world.keys.verify(due.key.secret, null)).rejects.toThrow(Unauthenticated);
  const owner = await world.makeUser();
  const next = await createWorkspace(world.db, owner, { name: slug, idempotencyKey: randomUUID() });
  expect(await find(next.workspaceId)).toMatchObject({ slug });
  for (const { workspaceId } of [graced, alive]) {
    expect(await find(workspaceId)).toMatchObject({ name: 'Acme', erasedAt: null });
    expect(await rowsOf(workspaceId)).toMatchObject({ api_key: 1, member: 1 });
  }
});

test('erasing twice, and ten times at once, erases once', async () => {
  const due = await Promise.all(Array.from({ length: 5 }, () => makeDeleted(8)));
  await Promise.all(Array.from({ length: 10 }, () => erase()));
  const first = await Promise.all(due.map(({ workspaceId }) => find(workspaceId)));
  await erase();
  expect(await Promise.all(due.map(({ workspaceId }) => find(workspaceId)))).toEqual(first);
  for (const { workspaceId } of due) {
    expect(await world.db.event.count({ where: { workspaceId, type: 'workspace.erased' } })).toBe(1);
  }
});

test('a workspace that cannot be erased does not keep the others from it', async () => {
  const [stuck, due] = [await makeDeleted(9), await makeDeleted(8)];
  const { number, chainHash } = await world.db.eventHead.delete({ where: { workspaceId: stuck.workspaceId } });
  await expect(erase()).rejects.toThrow('1 workspaces could not be erased.');
  expect(await find(stuck.workspaceId)).toMatchObject({ name: 'Acme', erasedAt: null });
  expect(await find(due.workspaceId)).toMatchObject({ name: 'Erased workspace' });
  await world.db.eventHead.create({ data: { workspaceId: stuck.workspaceId, number, chainHash } });
  await erase();
  expect(await find(stuck.workspaceId)).toMatchObject({ name: 'Erased workspace' });
});

test('the ledger and the audit log go as many days after the erasure as the operator says, also with runs at once', async () => {
  const [old, recent] = [await makeDeleted(20), await makeDeleted(20)];
  await erase();
  await world.db.workspace.update({ where: { id: old.workspaceId }, data: { erasedAt: ago(10.01) } });
  await world.db.workspace.update({ where: { id: recent.workspaceId }, data: { erasedAt: ago(9.99) } });
  await Promise.all([erase(10), erase(10), erase(10)]);
  await erase(10);
  expect(await rowsOf(old.workspaceId)).toEqual({});
  expect(await find(old.workspaceId)).toMatchObject({ name: 'Erased workspace' });
  expect(await rowsOf(recent.workspaceId)).toMatchObject({ balance: 1, ledger_entry: 2, credit_grant: 1, event: 5 });
  // The audit log that is left proves right.
  for await (const rows of eventChains.check(world.db)) expect(rows).toBeGreaterThan(0);
  for await (const rows of keySpending.check(world.db)) expect(rows).toBeGreaterThanOrEqual(0);
});

const TABLES = ['ledger_entry', 'event'];

test.each(TABLES)(
  'rows of %s of an erased workspace go only when a transaction says by name that it erases it',
  async (table) => {
    const [erased, other] = [await makeDeleted(8), await makeDeleted(8)];
    const [alive, deleted] = [await world.makeWorkspace({ credits: credits(1) }), await makeDeleted(8)];
    await world.db.workspace.update({ where: { id: deleted.workspaceId }, data: { deletedAt: ago(1) } });
    await erase();
    const attempt = (workspaceId: string, setting?: string) =>
      query(
        world.databaseUrl,
        `BEGIN; ${setting === undefined ? '' : `SELECT set_config('commonpurse.erasing', '${setting}', true);`}
       DELETE FROM ${table} WHERE workspace_id = '${workspaceId}'; ROLLBACK`,
      );
    const refused = /append-only/;
    await expect(attempt(erased.workspaceId)).rejects.toThrow(refused);
    await expect(attempt(erased.workspaceId, '')).rejects.toThrow(refused);
    await expect(attempt(erased.workspaceId, other.workspaceId)).rejects.toThrow(refused);
    await expect(attempt(alive.workspaceId, alive.workspaceId)).rejects.toThrow(refused);
    await expect(attempt(deleted.workspaceId, deleted.workspaceId)).rejects.toThrow(refused);
    await attempt(erased.workspaceId, erased.workspaceId);
    const sets = `BEGIN; SELECT set_config('commonpurse.erasing', '${erased.workspaceId}', true);`;
    const id = `workspace_id = '${erased.workspaceId}'`;
    await expect(query(world.databaseUrl, `${sets} UPDATE ${table} SET actor_id = NULL WHERE ${id}`)).rejects.toThrow(
      refused,
    );
    await expect(query(world.databaseUrl, `${sets} TRUNCATE ${table}`)).rejects.toThrow(refused);
  },
);

test('only what was deleted can be marked as erased', async () => {
  const { workspaceId } = await world.makeWorkspace();
  const mark = world.db.workspace.update({ where: { id: workspaceId }, data: { erasedAt: new Date() } });
  await expect(mark).rejects.toThrow('workspace_erased_was_deleted');
});
