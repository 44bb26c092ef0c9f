import { Client } from 'pg';
import type { Row } from './history.ts';
import type { Draw } from './model.ts';

interface StoredEntry {
  seq: string;
  created_at: Date;
  kind: string;
  outcome: string;
  name: string | null;
  credits: string;
  available_after: string;
  grant_id: string | null;
}

/** A workspace's ledger as it is stored. Calls carry their idempotency key as their tag, grants as their reason. */
export async function readLedger(databaseUrl: string, workspaceId: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: splits } = await client.query<{ seq: string; grant_id: string; credits: string }>(
      'SELECT seq, grant_id, credits FROM ledger_split WHERE workspace_id = $1',
      [workspaceId],
    );
    const drawsOf = new Map<number, Draw[]>();
    for (const { seq, grant_id: grant, credits } of splits) {
      const draw = { grant, credits: BigInt(credits) };
      drawsOf.set(Number(seq), [...(drawsOf.get(Number(seq)) ?? []), draw]);
    }
    const { rows } = await client.query<StoredEntry>(
      `SELECT seq, created_at, kind, outcome, coalesce(tag, reason) AS name, credits, available_after, grant_id
       FROM ledger_entry WHERE workspace_id = $1 ORDER BY seq`,
      [workspaceId],
    );
    return rows.map(({ seq, created_at: at, grant_id: grant, ...row }) => ({
      seq: Number(seq),
      at: at.getTime(),
      kind: row.kind,
      outcome: row.outcome,
      name: row.name,
      credits: BigInt(row.credits),
      availableAfter: BigInt(row.available_after),
      draws: drawsOf.get(Number(seq)) ?? (grant === null ? [] : [{ grant, credits: BigInt(row.credits) }]),
    }));
  } finally {
    await client.end();
  }
}
