import { Client } from 'pg';
import { drawProgress } from '#cli/progress';
import { closeUsageDays } from '#core/usage/closing';
import type { Ground, Spender } from './ground.ts';

export const DAYS = 90;
const KEYS = 8;

/** Makes calls of the last 90 days, the same number in each workspace, and sums them up; a bar says how far it is. */
export async function makeEntries(ground: Ground, spenders: readonly Spender[], entries: number): Promise<void> {
  const each = Math.ceil(entries / spenders.length);
  const progress = drawProgress();
  const client = new Client({ connectionString: ground.databaseUrl });
  await client.connect();
  try {
    await client.query("SET client_min_messages = warning; SET synchronous_commit = off; SET work_mem = '64MB'");
    await makePartitions(client);
    for (const [index, spender] of spenders.entries()) {
      await fill(client, spender, each);
      progress.draw({ name: 'entries', rows: (index + 1) * each, done: index + 1, size: spenders.length });
    }
    await client.query('VACUUM ANALYZE ledger_entry, usage_quarter');
    await closeUsageDays(ground.db);
    await client.query('VACUUM ANALYZE usage_day');
    await client.query('CHECKPOINT');
  } finally {
    progress.clear();
    await client.end();
  }
}

/** The months before this one; those after it are there. */
async function makePartitions(client: Client): Promise<void> {
  await client.query(`DO $$
    BEGIN
      FOR back IN 1..4 LOOP
        EXECUTE format('CREATE TABLE bench_month_%s PARTITION OF ledger_entry FOR VALUES FROM (%L) TO (%L)', back,
          (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => back)) AT TIME ZONE 'UTC',
          (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => back - 1)) AT TIME ZONE 'UTC');
      END LOOP;
    END $$`);
}

async function fill(client: Client, { workspaceId, actor }: Spender, count: number): Promise<void> {
  await client.query(
    `INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, operation, units, base_price, price, credits,
        available_after, held_after, tag, api_key_id, member_id, actor_kind, actor_id, latency_ms)
      SELECT $1::uuid, n + 1, date_trunc('milliseconds', now() - interval '${DAYS} days' + n * (interval '${DAYS} days' / $4::int)), 'USAGE',
        CASE WHEN n % 20 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END::outcome, 'operation.' || abs(hashint4(n)) % 5, 1000000, 1000000, 1000000,
        CASE WHEN n % 20 = 0 THEN 0 ELSE 1000000 END, 1000000000, 0, 'tag ' || abs(hashint4(n + 1)) % 6,
        md5(abs(hashint4(n + 2)) % ${KEYS} || $1::uuid::text)::uuid, $2::uuid, 'API_KEY', $3::uuid, 25
      FROM generate_series(1, $4::int) AS n`,
    [workspaceId, actor.memberId, actor.apiKeyId, count],
  );
  await client.query(
    `INSERT INTO usage_quarter (workspace_id, quarter, api_key_id, operation, outcome, tag, member_id, environment, calls,
        credits, refunded, first_seq, last_seq)
      SELECT workspace_id, date_bin('15 minutes', created_at, 'epoch'), api_key_id, operation, outcome, '=' || tag, member_id,
        environment, count(*), sum(credits), 0, min(seq), max(seq)
      FROM ledger_entry WHERE workspace_id = $1 AND kind = 'USAGE' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
    [workspaceId],
  );
  await client.query(`UPDATE balance SET seq = $2, last_entry_at = now() WHERE workspace_id = $1`, [
    workspaceId,
    count + 1,
  ]);
  // As old as its first call: pages end there.
  await client.query(`UPDATE workspace SET created_at = now() - interval '${DAYS} days' WHERE id = $1`, [workspaceId]);
}
