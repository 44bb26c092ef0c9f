import { randomUUID } from 'node:crypto';
import { array, assert, bigInt, double, integer, option, property, record, uuid } from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BurnableGrant, compareBurnOrder, drawFrom } from '#core/credits/burn';
import { inTransaction } from '#core/db';
import { Unavailable } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

async function spend({ workspaceId, key }: TestWorkspace, idempotencyKey: string) {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  return world.credits.recordUsage(permit, { apiKeyId: key.actor.apiKeyId, idempotencyKey, credits: credits(1) });
}

const grants = array(
  record<BurnableGrant>({
    id: uuid(),
    priority: integer({ min: 0, max: 3 }),
    expiresAt: option(integer({ min: 1, max: 3 }).map((day) => new Date(day))),
    seq: bigInt({ min: 1n, max: 1_000_000n }),
    remaining: bigInt({ min: 0n, max: 50n }),
  }),
  { maxLength: 12 },
);

test('draws pay exactly what is due, and empty each grant before touching the next', () => {
  assert(
    property(grants, double({ min: 0, max: 1, noNaN: true }), (unordered, share) => {
      const ordered = unordered.toSorted(compareBurnOrder);
      const held = ordered.reduce((total, { remaining }) => total + remaining, 0n);
      const due = BigInt(Math.floor(Number(held) * share));
      const draws = drawFrom(ordered, due);
      expect(draws.reduce((total, draw) => total + draw.credits, 0n)).toBe(due);
      const paying = ordered.filter(({ remaining }) => remaining > 0n);
      expect(draws.map(({ grantId }) => grantId)).toEqual(paying.slice(0, draws.length).map(({ id }) => id));
      for (const [index, draw] of draws.slice(0, -1).entries()) expect(draw.credits).toBe(paying[index]?.remaining);
      expect(() => drawFrom(ordered, held + 1n)).toThrow('less than the balance');
    }),
  );
});

const at = (day: number) => new Date(day);
const make = (id: string, priority: number, expiresAt: Date | null, seq: bigint): BurnableGrant => ({
  id,
  priority,
  expiresAt,
  seq,
  remaining: 1n,
});

test('burn order is by priority, then the earliest expiry with none last, then the oldest', () => {
  const ordered = [
    make('a', 1, null, 9n),
    make('b', 2, at(1), 8n),
    make('c', 2, at(2), 1n),
    make('d', 2, null, 2n),
    make('e', 2, null, 3n),
  ];
  expect(ordered.toReversed().toSorted(compareBurnOrder)).toEqual(ordered);
});

test.each([
  ['a cooked balance', 'UPDATE balance SET available = available + 1', 'balance_conserves_credits'],
  [
    'a balance below zero',
    'UPDATE balance SET available = -1, spent_total = granted_total + 1',
    'balance_never_negative',
  ],
  ['a cooked grant', 'UPDATE credit_grant SET remaining = remaining + 1', 'credit_grant_conserves_credits'],
  ['a changed entry', 'UPDATE ledger_entry SET credits = 0', 'append-only'],
  ['a deleted entry', 'DELETE FROM ledger_entry', 'append-only'],
  ['an emptied ledger', 'TRUNCATE ledger_entry', 'append-only'],
  ['a changed event', "UPDATE event SET type = 'x'", 'append-only'],
  ['a deleted event', 'DELETE FROM event', 'append-only'],
  ['emptied events', 'TRUNCATE event', 'append-only'],
])('the database itself refuses %s', async (_what, sql, because) => {
  await spend(await world.makeWorkspace({ credits: credits(1) }), randomUUID());
  await expect(query(world.databaseUrl, sql)).rejects.toThrow(because);
});

test('what throws in the middle of a transaction leaves nothing behind', async () => {
  const { workspaceId, owner } = await world.makeWorkspace();
  const before = await world.db.event.count({ where: { workspaceId } });
  const broken = inTransaction(world.db, async (tx) => {
    await recordEvent(tx, {
      workspaceId,
      type: 'workspace.renamed',
      targetId: workspaceId,
      actorKind: 'USER',
      actorId: owner.userId,
      before: { name: 'a', slug: 'a' },
      after: { name: 'b', slug: 'a' },
    });
    throw new Error('in the middle');
  });
  await expect(broken).rejects.toThrow('in the middle');
  expect(await world.db.event.count({ where: { workspaceId } })).toBe(before);
});

test('a connection that dies while a call waits is replaced, and the call is charged once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const holder = new Client({ connectionString: world.databaseUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT 1 FROM balance WHERE workspace_id = '${workspace.workspaceId}' FOR UPDATE`);
  const calling = spend(workspace, 'cut-off');
  const cut = `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
    WHERE application_name = 'commonpurse' AND datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await query(world.databaseUrl, cut)).length, { timeout: 5_000 }).toBe(1);
  await holder.query('ROLLBACK');
  await holder.end();
  expect(await calling).toMatchObject({ replayed: false, entry: { availableAfter: credits(4) } });
  expect(await spend(workspace, 'cut-off')).toMatchObject({ replayed: true });
  expect(await violationsOf(world, workspace.workspaceId)).toEqual([]);
});

test('somebody who sits on a balance makes its callers wait a bounded time, and nobody else', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const neighbour = await world.makeWorkspace({ credits: credits(5) });
  const holder = new Client({ connectionString: world.databaseUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT 1 FROM balance WHERE workspace_id = '${workspace.workspaceId}' FOR UPDATE`);
  const calling = spend(workspace, 'blocked').catch((error: unknown) => error);
  expect((await spend(neighbour, 'free')).entry.outcome).toBe('SUCCEEDED');
  expect(await calling).toBeInstanceOf(Unavailable);
  await holder.query('ROLLBACK');
  await holder.end();
  expect((await spend(workspace, 'blocked')).replayed).toBe(false);
}, 20_000);

test('connections that are cut while idle are replaced without a word', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  await query(
    world.databaseUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'commonpurse' AND datname = current_database()`,
  );
  await expect
    .poll(() => spend(workspace, 'after-the-cut').then(({ entry }) => entry.outcome, String), { timeout: 5_000 })
    .toBe('SUCCEEDED');
});
