import { Client } from 'pg';
import type { Ground, Spender } from './ground.ts';

const CHUNK = 50_000;

/** Debits of one micro-credit as the product writes them, a chunk at once: the books of the workspace stay right. */
const DEBITS = `
  WITH before AS MATERIALIZED (
    SELECT workspace_id, seq, available, held, greatest(last_entry_at, date_trunc('milliseconds', clock_timestamp())) AS at
    FROM balance WHERE workspace_id = $1 FOR NO KEY UPDATE),
  paying AS MATERIALIZED (SELECT id FROM credit_grant WHERE workspace_id = $1 AND remaining >= $3 ORDER BY id LIMIT 1),
  key AS MATERIALIZED (SELECT id, member_id, environment FROM api_key WHERE id = $2),
  written AS (
    INSERT INTO ledger_entry (workspace_id, seq, created_at, kind, outcome, price, credits, available_after, held_after,
      environment, api_key_id, member_id, actor_kind, actor_id, grant_id, request_hash, idempotency_key_hash)
    SELECT b.workspace_id, b.seq + n, b.at, 'USAGE', 'SUCCEEDED', 1, 1, b.available - n, b.held,
      k.environment, k.id, k.member_id, 'API_KEY', k.id, p.id, sha256('preloaded'),
      substring(sha256(convert_to(concat(b.workspace_id, b.seq + n), 'UTF8')) FROM 1 FOR 16)
    FROM before b, paying p, key k, generate_series(1, $3::bigint) AS n),
  paid AS (UPDATE credit_grant SET remaining = remaining - $3, spent = spent + $3 WHERE id = (SELECT id FROM paying)),
  counted AS (
    INSERT INTO api_key_spend (workspace_id, api_key_id, day, credits)
    SELECT b.workspace_id, $2, (b.at AT TIME ZONE 'UTC')::date, $3 FROM before b
    ON CONFLICT (api_key_id, day) DO UPDATE SET credits = api_key_spend.credits + excluded.credits)
  UPDATE balance SET available = balance.available - $3, spent_total = balance.spent_total + $3,
    seq = balance.seq + $3, last_entry_at = before.at
  FROM before WHERE balance.workspace_id = before.workspace_id`;

/** Fills the ledger with so many debits of a workspace, and leaves it as one that has been there for a while. */
export async function preloadLedger({ databaseUrl }: Ground, spender: Spender, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    for (let done = 0; done < count;) {
      const size = Math.min(CHUNK, count - done);
      await client.query(DEBITS, [spender.workspaceId, spender.actor.apiKeyId, size]);
      done += size;
      drawProgress(done, count);
    }
    // Otherwise both would come in the middle of what is measured.
    await client.query('VACUUM (ANALYZE) ledger_entry');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

const BAR_WIDTH = 40;

/** One line that is drawn over, on a terminal; elsewhere a line for each tenth. */
function drawProgress(done: number, count: number): void {
  const { stderr } = process;
  const filled = Math.floor((BAR_WIDTH * done) / count);
  const line = `[${'#'.repeat(filled).padEnd(BAR_WIDTH)}] ${done.toLocaleString('en')} entries`;
  if (stderr.isTTY) stderr.write(`\r\u001B[K${line}${done === count ? '\n' : ''}`);
  else if (Math.floor((10 * done) / count) > Math.floor((10 * (done - CHUNK)) / count)) stderr.write(`${line}\n`);
}
