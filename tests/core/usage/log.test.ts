import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listLedger } from '#core/credits/history';
import type { UsageFilter } from '#core/usage/filter';
import { listUsage } from '#core/usage/log';
import type { LedgerEntry } from '#generated/prisma/client';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

const ENTRIES = 3_000;

let world: World;
let workspace: TestWorkspace;
let entries: LedgerEntry[];
beforeAll(async () => {
  world = await openWorld();
  workspace = await world.makeWorkspace({ credits: credits(1) });
  const { workspaceId, key } = workspace;
  const months = Array.from({ length: 14 }, (_, index) => new Date(Date.UTC(2025, 9 + index, 1)).toISOString());
  await query(
    world.databaseUrl,
    `${months
      .slice(0, 13)
      .map(
        (since, index) =>
          `CREATE TABLE old_${index} PARTITION OF ledger_entry FOR VALUES FROM ('${since}') TO ('${months[index + 1]}');`,
      )
      .join('\n')}
     UPDATE workspace SET created_at = '2025-10-01Z' WHERE id = '${workspaceId}';
     INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, operation, price, credits, available_after, held_after, tag, api_key_id, member_id, actor_kind)
       SELECT '${workspaceId}', n + 1, '2025-10-02Z'::timestamptz + n * interval '3 hours' + (n % 7) * interval '4 minutes',
         CASE WHEN n % 97 = 0 THEN 'REFUND' WHEN n % 5 = 0 THEN 'CAPTURE' ELSE 'USAGE' END::entry_kind, CASE WHEN n % 3 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END::outcome,
         CASE WHEN n % 4 = 0 THEN 'search.people' END, 1, 0, 1, 0, CASE WHEN n % 700 = 1 THEN 'rare' WHEN n % 2 = 0 THEN 'often' END,
         '${key.actor.apiKeyId}', '${key.actor.memberId}', 'SYSTEM' FROM generate_series(1, ${ENTRIES}) AS n;
     UPDATE balance SET seq = ${ENTRIES + 1}, last_entry_at = (SELECT max(created_at) FROM ledger_entry WHERE workspace_id = '${workspaceId}') WHERE workspace_id = '${workspaceId}';
     INSERT INTO usage_quarter SELECT workspace_id, date_bin('15 minutes', created_at, 'epoch'), api_key_id, coalesce(operation, ''), outcome,
       CASE WHEN tag IS NULL THEN '' WHEN tag = 'rare' THEN '*' ELSE '=' || tag END, member_id, environment, count(*) FILTER (WHERE kind <> 'REFUND'), 0, 0,
       min(seq) FILTER (WHERE kind <> 'REFUND'), max(seq) FILTER (WHERE kind <> 'REFUND')
       FROM ledger_entry WHERE workspace_id = '${workspaceId}' AND api_key_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
  );
  entries = await world.db.ledgerEntry.findMany({ where: { workspaceId }, orderBy: { seq: 'desc' } });
}, 60_000);
afterAll(() => world.close());

/** Every page, from the newest or from the oldest on. */
async function readAll(filter: UsageFilter, isBackward = false): Promise<bigint[]> {
  const permit = await world.permit(workspace.owner, 'usage:read', workspace.workspaceId);
  const seqs: bigint[] = [];
  for (let cursor: string | null = null, hasMore = true; hasMore;) {
    const request = isBackward ? { last: 100, before: cursor } : { first: 100, after: cursor };
    const { edges, pageInfo } = await listUsage(world.db, permit, { ...request, filter });
    const page = edges.map(({ node }) => node.seq);
    if (isBackward) seqs.unshift(...page);
    else seqs.push(...page);
    [cursor, hasMore] = isBackward
      ? [pageInfo.startCursor, pageInfo.hasPreviousPage]
      : [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return seqs;
}

const isCall = ({ kind }: LedgerEntry): boolean => kind === 'USAGE' || kind === 'CAPTURE';

test.each<[string, UsageFilter, (entry: LedgerEntry) => boolean]>([
  ['nothing', {}, () => true],
  ['an outcome', { outcome: 'FAILED' }, ({ outcome }) => outcome === 'FAILED'],
  ['an operation', { operation: 'search.people' }, ({ operation }) => operation === 'search.people'],
  ['a tag', { tag: 'often' }, ({ tag }) => tag === 'often'],
  ['a tag beyond those that a month names', { tag: 'rare' }, ({ tag }) => tag === 'rare'],
  [
    'a time',
    { since: new Date('2025-12-31T23:50:00Z'), until: new Date('2026-03-01T00:04:00Z') },
    ({ createdAt }) => createdAt >= new Date('2025-12-31T23:50:00Z') && createdAt < new Date('2026-03-01T00:04:00Z'),
  ],
  [
    'several things',
    { outcome: 'SUCCEEDED', tag: 'often', until: new Date('2026-01-05T00:00:00Z') },
    ({ outcome, tag, createdAt }) =>
      outcome === 'SUCCEEDED' && tag === 'often' && createdAt < new Date('2026-01-05T00:00:00Z'),
  ],
])('every call is on one page, in order, when filtered by %s', { timeout: 30_000 }, async (_, filter, isWanted) => {
  const wanted = entries.filter((entry) => isCall(entry) && isWanted(entry)).map(({ seq }) => seq);
  expect(wanted.length).toBeGreaterThan(3);
  expect(await readAll(filter)).toEqual(wanted);
  expect(await readAll(filter, true)).toEqual(wanted);
});

test('the ledger by kinds, few or many, is whole', async () => {
  const permit = await world.permit(workspace.owner, 'ledger:read', workspace.workspaceId);
  for (const kinds of [
    ['VOID', 'REFUND'],
    ['USAGE', 'REFUND'],
  ] as const) {
    const wanted = entries.filter(({ kind }) => (kinds as readonly string[]).includes(kind));
    const { edges, pageInfo } = await listLedger(world.db, permit, { first: 40, kinds: [...kinds] });
    const rest = await listLedger(world.db, permit, {
      first: 40,
      after: pageInfo.endCursor,
      kinds: [...kinds],
    });
    expect([...edges, ...rest.edges].map(({ node }) => node.seq)).toEqual(wanted.slice(0, 80).map(({ seq }) => seq));
  }
});

test('a page touches no partition but its own, with a filter or without', async () => {
  const permit = await world.permit(workspace.owner, 'usage:read', workspace.workspaceId);
  const [edge] = (await listUsage(world.db, permit, { first: 1, filter: { until: new Date('2026-06-20T00:00:00Z') } }))
    .edges;
  const other = new Client({ connectionString: world.databaseUrl });
  await other.connect();
  try {
    // Whoever begins to read one of these waits: all months but that of the page, June.
    const locked = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12].map((index) => `old_${index}`).join(', ');
    await other.query(`BEGIN; LOCK TABLE ${locked} IN ACCESS EXCLUSIVE MODE`);
    const page = { first: 20, after: edge?.cursor ?? null };
    for (const filter of [{}, { outcome: 'FAILED' }] as const) {
      expect((await listUsage(world.db, permit, { ...page, filter })).edges).toHaveLength(20);
    }
  } finally {
    await other.end();
  }
});
