import type { Ground } from './ground.ts';
import { atLeast, atMost, type Bar, rounded, type Rounds } from './report.ts';

/** Names of figures that others are compared with. */
export const EMPTY_LEDGER = 'product, 256 callers, empty database';
export const HOT = 'product, 256 callers';
export const ALONE = 'product, 1 caller';
export const STATEMENT = 'its statement alone, 1 caller';
export const MANY = 'product, 256 callers, many workspaces';
export const NAIVE = 'naive, 256 callers';
export const ROW_CLIENTS = [1, 4, 16, 64];
export const rowFigure = (clients: number): string =>
  `one-row UPDATE, ${clients} ${clients === 1 ? 'client' : 'clients'}`;
export const ONE_INSTANCE = 'one instance, 255 callers';
export const THREE_INSTANCES = 'three instances, 85 callers each';
export const HTTP = 'recordUsage, 64 HTTP connections';
export const NOOP = 'stock no-op, 64 HTTP connections';
export const SOCKET = 'recordUsage, one socket, 64 in flight';
export const BATCHES = 'calls in batches of 100, 8 HTTP connections';
export const HOLDS = 'reserve and capture, 256 callers';
export const OVERLOAD = 'product, 2,560 callers';
/** Names of facts that have a bar. */
export const UNEVEN = 'three instances, furthest from an equal share, %';
export const HEAP_GROWTH = 'heap, growth by one overload, MiB';

const ROWS = ROW_CLIENTS.map(rowFigure);

export function debitRatios(figures: Rounds): Record<string, number> {
  return {
    'product / naive, 1 caller': figures.ratio(ALONE, ['naive, 1 caller']),
    'product / naive, 64 callers': figures.ratio('product, 64 callers', ['naive, 64 callers']),
    'product / best one-row UPDATE, 64 callers': figures.ratio('product, 64 callers', ROWS),
    'CPU of a debit by socket / by HTTP': figures.ratio(SOCKET, [HTTP], 'cpuMicros'),
    'CPU of recordUsage / of a no-op': figures.ratio(HTTP, [NOOP], 'cpuMicros'),
  };
}

/** What the product has to reach. A bar compares figures of the same round. */
export function debitBars(figures: Rounds): Bar[] {
  const p99 = (name: string): number => figures.figures()[name]?.p99Ms ?? Number.NaN;
  const fact = (name: string): number => figures.facts()[name] ?? Number.NaN;
  return [
    atLeast('hot workspace / naive, 256 callers', 100, figures.ratio(HOT, [NAIVE])),
    atLeast('hot workspace / best one-row UPDATE, 256 callers', 5, figures.ratio(HOT, ROWS)),
    atMost('64 callers, p99 ms', 10, p99('product, 64 callers')),
    atMost('1 caller / its statement alone, p50', 1.5, figures.ratio(ALONE, [STATEMENT], 'p50Ms')),
    atLeast('many workspaces / one, 256 callers', 0.6, figures.ratio(MANY, [HOT])),
    atLeast('three instances / one', 0.8, figures.ratio(THREE_INSTANCES, [ONE_INSTANCE])),
    atMost(UNEVEN, 20, fact(UNEVEN)),
    atLeast('HTTP / stock no-op, requests a second', 1.5, figures.ratio(HTTP, [NOOP])),
    atMost('64 HTTP connections, p99 ms', 25, p99(HTTP)),
    atLeast('one socket / 64 HTTP connections', 1, figures.ratio(SOCKET, [HTTP])),
    atLeast('calls in batches by HTTP / hot workspace in-process', 0.6, figures.ratio(BATCHES, [HOT])),
    atLeast('reserve and capture / debits, 256 callers', 0.4, figures.ratio(HOLDS, [HOT])),
    atLeast('10x overload / peak', 0.95, figures.ratio(OVERLOAD, [HOT])),
    atMost(HEAP_GROWTH, 4, fact(HEAP_GROWTH)),
    ...(figures.has(EMPTY_LEDGER)
      ? [atLeast('preloaded / empty database', 0.9, figures.ratio(HOT, [EMPTY_LEDGER]))]
      : []),
  ];
}

/** What the ledger weighs, indexes included. Every entry took a seq, so the balances know how many there are. */
export async function ledgerFacts({ db }: Ground): Promise<Record<string, number>> {
  const [row] = await db.$queryRaw<{ entries: number; bytes: number }[]>`
    SELECT (SELECT sum(seq) FROM balance)::float8 AS entries,
      (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('ledger_entry') WHERE isleaf)::float8 AS bytes`;
  const { entries = Number.NaN, bytes = Number.NaN } = row ?? {};
  return { 'ledger, entries': entries, 'ledger, bytes per debit': rounded(bytes / entries) };
}
