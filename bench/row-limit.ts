import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ROW_CLIENTS, rowFigure } from './debit-summary.ts';
import type { Ground, Spender } from './ground.ts';
import { type Load, measure } from './measure.ts';
import type { Part } from './part.ts';

/**
 * How often PostgreSQL changes one row at all: a bare conditional UPDATE of a balance, without ledger or idempotency, each
 * in a transaction of its own. pgbench asks where it is installed, since it costs less than a client of ours.
 */
export function rowLimit(ground: Ground, spender: Spender): Part {
  const hasPgbench = spawnSync('pgbench', ['--version']).status === 0;
  return {
    async runRound({ seconds, figures }) {
      // pgbench counts in whole seconds; shorter is only a smoke test.
      const ask = hasPgbench && seconds >= 1 ? measureWithPgbench : measureWithClients;
      for (const callers of ROW_CLIENTS) {
        figures.add(rowFigure(callers), await ask(ground, spender, { callers, seconds }));
      }
    },
  };
}

const updateOf = (workspaceId: string): string =>
  `UPDATE balance SET available = available - 1, spent_total = spent_total + 1 WHERE workspace_id = ${workspaceId} AND available >= 1`;

async function measureWithClients({ databaseUrl }: Ground, { workspaceId }: Spender, load: Load) {
  const clients = Array.from({ length: load.callers }, () => new Client({ connectionString: databaseUrl }));
  const statement = { name: 'row-limit', text: updateOf('$1'), values: [workspaceId] };
  try {
    for (const client of clients) {
      await client.connect();
      await client.query(statement);
    }
    return await measure(load, (caller) => clients[caller]!.query(statement));
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function measureWithPgbench({ databaseUrl, folder }: Ground, { workspaceId }: Spender, load: Load) {
  const script = join(folder, 'row-limit.sql');
  await writeFile(script, `${updateOf(`'${workspaceId}'`)};\n`);
  const clients = String(load.callers);
  const args = ['-n', '-M', 'prepared', '-f', script, '-c', clients, '-T', String(Math.round(load.seconds))];
  const { stdout } = await promisify(execFile)('pgbench', [...args, databaseUrl]);
  const perSecond = Number(/^tps = ([\d.]+)/mu.exec(stdout)?.[1]);
  // It knows the mean of the latencies alone.
  return { perSecond, p50Ms: Number.NaN, p99Ms: Number.NaN, maxMs: Number.NaN };
}
