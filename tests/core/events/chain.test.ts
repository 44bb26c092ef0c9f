import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventChains, verifyEventChain } from '#core/events/chain';
import { chainHashOf } from '#core/events/events';
import { encodeId } from '#core/ids';
import { Violation } from '#core/proofs';
import { query } from '../../world/scratch-database.ts';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
let workspace: TestWorkspace;
beforeAll(async () => void (world = await openWorld()));
beforeEach(async () => void (workspace = await world.makeWorkspace()));
afterAll(() => world.close());

const EVENTS = 12;

/** More than one read takes. */
const MANY = 1_050;

/** Extends the chain to this many events, at once. */
async function record(count: number): Promise<void> {
  const { workspaceId } = workspace;
  const head = await world.db.eventHead.findUniqueOrThrow({ where: { workspaceId } });
  const names = { name: 'Näme', slug: 'x' };
  const rows = [];
  let hash = head.chainHash;
  for (let number = head.number + 1n; number <= count; number++) {
    const who = { actorKind: 'SYSTEM', actorId: null, address: null } as const;
    const what = { type: 'workspace.renamed', targetId: workspaceId, before: names, after: names };
    const facts = { ...who, ...what, workspaceId, number, createdAt: new Date() };
    hash = chainHashOf(hash, facts);
    rows.push({ ...facts, chainHash: hash });
  }
  await world.db.event.createMany({ data: rows });
  await world.db.eventHead.update({ where: { workspaceId }, data: { number: count, chainHash: hash } });
}

/** Runs SQL as one who may switch triggers off; `:ws` is the workspace. */
const tamper = (sql: string) =>
  query(
    world.databaseUrl,
    `SET session_replication_role = replica; ${sql.replaceAll(':ws', `'${workspace.workspaceId}'`)}`,
  );

async function drain(rows: AsyncIterable<number>): Promise<number> {
  let sum = 0;
  for await (const count of rows) sum += count;
  return sum;
}

const verify = () => drain(verifyEventChain(world.db, workspace.workspaceId));

test('a chain longer than one read is whole, and stays so while more is recorded', async () => {
  await record(MANY);
  expect(await verify()).toBe(MANY);
  const rows = verifyEventChain(world.db, workspace.workspaceId);
  await rows.next();
  await record(MANY + 1);
  await expect(drain(rows)).resolves.toBeGreaterThan(0);
});

test.each([
  [
    'a changed name',
    `UPDATE event SET after = jsonb_set(after, '{name}', '"Forged"') WHERE workspace_id = :ws AND number = 5`,
    'event 5 was changed',
  ],
  [
    'another time, by a millisecond',
    `UPDATE event SET created_at = created_at + interval '1 ms' WHERE workspace_id = :ws AND number = 6`,
    'event 6 was changed',
  ],
  [
    'another address',
    `UPDATE event SET address = '10.0.0.1' WHERE workspace_id = :ws AND number = 7`,
    'event 7 was changed',
  ],
  [
    'another actor',
    `UPDATE event SET actor_kind = 'OPERATOR' WHERE workspace_id = :ws AND number = 8`,
    'event 8 was changed',
  ],
  ['a removed row', 'DELETE FROM event WHERE workspace_id = :ws AND number = 4', 'event 4 is missing'],
  ['a removed last row', 'DELETE FROM event WHERE workspace_id = :ws AND number = 12', 'event 12 is missing'],
  ['all rows removed', 'DELETE FROM event WHERE workspace_id = :ws', 'event 1 is missing'],
  [
    'two rows with their numbers exchanged',
    `UPDATE event SET number = 99 WHERE workspace_id = :ws AND number = 5; UPDATE event SET number = 5 WHERE workspace_id = :ws AND number = 6;
     UPDATE event SET number = 6 WHERE workspace_id = :ws AND number = 99`,
    'event 5 was changed',
  ],
  [
    'another end',
    `UPDATE event_head SET chain_hash = '\\x00' WHERE workspace_id = :ws`,
    'the end of its chain does not follow from event 12',
  ],
  [
    'an end that was set back',
    `UPDATE event_head SET number = 11, chain_hash = (SELECT chain_hash FROM event WHERE workspace_id = :ws AND number = 11) WHERE workspace_id = :ws`,
    'event 12 lies beyond the end',
  ],
])('%s is named', async (_what, sql, words) => {
  await record(EVENTS);
  expect(await verify()).toBe(EVENTS);
  await tamper(sql);
  await expect(verify()).rejects.toThrow(`workspace ${encodeId('Workspace', workspace.workspaceId)}: ${words}`);
});

test('all workspaces are walked: one that is broken is found among those that are whole', async () => {
  // In a database of its own, since the other tests leave broken chains behind.
  const own = await openWorld();
  const [, second] = [await own.makeWorkspace(), await own.makeWorkspace(), await own.makeWorkspace()];
  expect(await drain(eventChains.check(own.db))).toBe(await eventChains.size(own.db));
  const headless = `DELETE FROM event_head WHERE workspace_id = '${second.workspaceId}'`;
  await query(own.databaseUrl, headless);
  await expect(drain(eventChains.check(own.db))).rejects.toThrow(
    new Violation(second.workspaceId, 'the end of its event chain is missing.'),
  );
  // Erased whole, it is nobody's any more.
  const erased = ['event', 'api_key', 'balance', 'member'].map(
    (t) => `DELETE FROM ${t} WHERE workspace_id = '${second.workspaceId}'`,
  );
  await query(
    own.databaseUrl,
    `SET session_replication_role = replica; ${erased.join(';')}; DELETE FROM workspace WHERE id = '${second.workspaceId}'`,
  );
  await expect(drain(eventChains.check(own.db))).resolves.toBeGreaterThan(0);
  await own.close();
});
