import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Ground, openGround, type Spender } from './ground.ts';
import { measure } from './measure.ts';
import { debitNaively } from './naive-debit.ts';
import { atLeast, type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';

const WORKSPACES = 1_000;
/** A single round is only a smoke test. */
const WORKSPACES_QUICK = 20;
const ROW_CLIENTS = [1, 4, 16, 64];
const ONE_MICRO_CREDIT = 1n;

/** Strict, durable debits: naive Prisma, the product's path, and how often PostgreSQL can change one row at all. */
export async function benchDebit({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  try {
    const machine = describeMachine(ground);
    const spenders: Spender[] = [];
    const count = rounds > 1 ? WORKSPACES : WORKSPACES_QUICK;
    for (let made = 0; made < count; made++) spenders.push(await ground.makeSpender());
    const figures = new Rounds();
    // One round thrown away: plans, pools and compiled code are warm after it.
    if (rounds > 1) await runRound(ground, spenders, { seconds: Math.min(seconds, 0.5), figures: new Rounds() });
    for (let round = 0; round < rounds; round++) await runRound(ground, spenders, { seconds, figures });
    return { bench: 'debit', machine, ...summary(figures) };
  } finally {
    await ground.close();
  }
}

interface Round {
  seconds: number;
  figures: Rounds;
}

/** Baseline and candidate side by side at each load, so that both meet the same neighbours. */
async function runRound(ground: Ground, spenders: readonly Spender[], { seconds, figures }: Round): Promise<void> {
  const ways = {
    naive: (spender: Spender) =>
      debitNaively(ground.db, spender, { credits: ONE_MICRO_CREDIT, idempotencyKey: randomUUID() }),
    product: ({ permit, actor: { apiKeyId } }: Spender) =>
      ground.credits.recordUsage(permit, { apiKeyId, credits: ONE_MICRO_CREDIT, idempotencyKey: randomUUID() }),
  };
  for (const { name, callers, among } of loads(spenders)) {
    for (const [way, debit] of Object.entries(ways)) {
      let turn = 0;
      const next = (): Spender => among[turn++ % among.length]!;
      figures.add(`${way}, ${name}`, await measure({ callers, seconds }, () => debit(next())));
    }
  }
  for (const clients of ROW_CLIENTS) {
    figures.add(rowFigure(clients), await measureRow(ground, spenders.at(-1)!, { callers: clients, seconds }));
  }
}

const loads = (spenders: readonly Spender[]) => {
  const hot = spenders.slice(0, 1);
  return [
    { name: '1 caller', callers: 1, among: hot },
    { name: '64 callers', callers: 64, among: hot },
    { name: '256 callers', callers: 256, among: hot },
    { name: '256 callers, many workspaces', callers: 256, among: spenders },
  ];
};

const rowFigure = (clients: number): string => `one-row UPDATE, ${clients} ${clients === 1 ? 'client' : 'clients'}`;

/** The bare conditional UPDATE of a balance row: no ledger, no idempotency; the ceiling of one transaction a debit. */
async function measureRow(
  { databaseUrl }: Ground,
  { workspaceId }: Spender,
  load: { callers: number; seconds: number },
) {
  const clients = Array.from({ length: load.callers }, () => new Client({ connectionString: databaseUrl }));
  const statement = {
    name: 'debit-row',
    text: 'UPDATE balance SET available = available - 1, spent_total = spent_total + 1 WHERE workspace_id = $1 AND available >= 1',
    values: [workspaceId],
  };
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

function summary(figures: Rounds): Pick<Report, 'ratios' | 'figures' | 'bars'> {
  const vsNaive = figures.ratio('product, 64 callers', ['naive, 64 callers']);
  const vsRow = figures.ratio('product, 256 callers', ROW_CLIENTS.map(rowFigure));
  const hotVsMany = figures.ratio('product, 256 callers', ['product, 256 callers, many workspaces']);
  return {
    ratios: {
      'product / naive, 1 caller': figures.ratio('product, 1 caller', ['naive, 1 caller']),
      'product / naive, 256 callers': figures.ratio('product, 256 callers', ['naive, 256 callers']),
      'product / naive, 64 callers': vsNaive,
      'product / best one-row UPDATE, 64 callers': vsRow,
      'one workspace / many, 256 callers': hotVsMany,
    },
    figures: figures.figures(),
    bars: [
      atLeast('hot workspace over naive Prisma, 64 callers', 200, vsNaive),
      atLeast('hot workspace over the best one-row UPDATE', 8, vsRow),
      atLeast('one workspace over 100 workspaces', 0.95, hotVsMany),
    ],
  };
}
