import { Access } from '#core/access/access';
import type { Permit } from '#core/access/permit';
import { placeKey } from '#core/credits/ledger-pages';
import type { Db } from '#core/db';
import { exportUsage } from '#core/usage/export';
import { listUsage } from '#core/usage/log';
import { summarizeUsage } from '#core/usage/summary';
import { openGround, type Spender } from './ground.ts';
import { measure } from './measure.ts';
import { atLeast, atMost, type BenchOptions, describeMachine, type Report, rounded, Rounds } from './report.ts';
import { DAYS, makeEntries } from './usage-entries.ts';

const WORKSPACES = 200;
const MILLION = 1_000_000;
const EXPORTED_MIN = 200_000;
const DAY_MS = 24 * 3_600_000;

const PAGE = 'page of 100 at any depth';
const FILTERED = 'page of 100 of one key, at any depth';
const UTC = '90 days by key, UTC';
const ZONE = '90 days by key, Kathmandu';

/**
 * History, summaries and exports over a ledger of a million entries in 200 workspaces; with `--preload 10000000` over one
 * of ten million beside it.
 */
export async function benchUsage({ rounds, seconds, preload }: BenchOptions): Promise<Report> {
  const isQuick = seconds < 1;
  const sizes = isQuick ? [20_000] : preload > MILLION ? [MILLION, preload] : [MILLION];
  const figures = new Rounds();
  const facts: Record<string, number> = {};
  let machine: Report['machine'] | null = null;
  for (const size of sizes) {
    const ground = await openGround();
    try {
      machine ??= describeMachine(ground);
      const spenders = await ground.makeSpenders(isQuick ? 4 : WORKSPACES);
      await makeEntries(ground, spenders, size);
      const readers = await Promise.all(spenders.map((spender) => readerOf(ground.db, spender)));
      const each = Math.ceil(size / spenders.length);
      for (const [name, call] of callsOver(ground.db, readers, each)) {
        await measure({ callers: 1, seconds: Math.min(seconds, 0.5) }, call);
        for (let round = 0; round < rounds; round++)
          figures.add(`${name}, ${size}`, await measure({ callers: 1, seconds }, call));
      }
      Object.assign(facts, await measureExport(ground.db, readers, size));
    } finally {
      await ground.close();
    }
  }
  if (!machine) throw new Error('Nothing was measured');
  return { bench: 'usage', machine, ...summaryOf(figures, { sizes, facts }) };
}

type Reader = Permit<'usage:read'>;

const readerOf = (db: Db, { workspaceId, actor }: Spender): Promise<Reader> =>
  new Access(db, actor).permit('usage:read', workspaceId);

function callsOver(db: Db, readers: readonly Reader[], each: number): [name: string, call: () => Promise<unknown>][] {
  let turn = 0;
  const next = (): Reader => readers[turn++ % readers.length] as Reader;
  const anywhere = (): string => {
    const seq = 2 + Math.floor(Math.random() * each);
    const createdAt = new Date(Date.now() - DAYS * DAY_MS + (seq - 1) * ((DAYS * DAY_MS) / each));
    return Buffer.from(`c1:${placeKey({ seq: BigInt(seq), createdAt })}`).toString('base64url');
  };
  const summarize = (timeZone: string) => () =>
    summarizeUsage(db, next(), {
      since: new Date(Date.now() - (DAYS - 1) * DAY_MS),
      bucket: 'DAY',
      groupBy: 'KEY',
      timeZone,
      top: 8,
      environment: 'LIVE',
    });
  const keys = new Map<string, string>();
  const keyOf = async ({ workspaceId }: Reader): Promise<string> => {
    const known = keys.get(workspaceId);
    if (known !== undefined) return known;
    const row = await db.usageQuarter.findFirstOrThrow({ where: { workspaceId }, select: { apiKeyId: true } });
    keys.set(workspaceId, row.apiKeyId);
    return row.apiKeyId;
  };
  return [
    [PAGE, () => listUsage(db, next(), { first: 100, after: anywhere() })],
    [
      FILTERED,
      async () => {
        const reader = next();
        return listUsage(db, reader, { first: 100, after: anywhere(), filter: { apiKeyId: await keyOf(reader) } });
      },
    ],
    [UTC, summarize('UTC')],
    [ZONE, summarize('Asia/Kathmandu')],
  ];
}

/** Whole logs, one workspace after another, as text that nobody keeps. */
async function measureExport(db: Db, readers: readonly Reader[], size: number): Promise<Record<string, number>> {
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  let [rows, peak] = [0, before];
  for (const reader of readers) {
    const { chunks } = await exportUsage(db, reader, { filter: {}, format: 'csv' });
    for await (const { text } of chunks) {
      rows += text.split('\n').length - 1;
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    if (rows >= EXPORTED_MIN) break;
  }
  return {
    [`export, rows a second, ${size}`]: rounded(rows / ((performance.now() - startedAt) / 1_000)),
    [`export, growth of memory, MiB, ${size}`]: rounded((peak - before) / 1_048_576),
  };
}

function summaryOf(
  rounds: Rounds,
  { sizes, facts }: { sizes: readonly number[]; facts: Record<string, number> },
): Pick<Report, 'ratios' | 'figures' | 'facts' | 'bars'> {
  const figures = rounds.figures();
  const p99 = (name: string, size: number): number => figures[`${name}, ${size}`]?.p99Ms ?? Number.NaN;
  const p50 = (name: string, size: number): number => figures[`${name}, ${size}`]?.p50Ms ?? Number.NaN;
  const [small = 0, large] = sizes;
  const ratios: Record<string, number> = {};
  if (large !== undefined) {
    for (const name of [PAGE, FILTERED, UTC, ZONE])
      ratios[`${name}: ten times the entries / one, p50`] = rounded(p50(name, large) / p50(name, small));
  }
  return {
    ratios,
    figures,
    facts,
    bars: [
      ...sizes.flatMap((size) => [
        atMost(`history page, p99 ms, ${size}`, 10, p99(PAGE, size)),
        atMost(`filtered page, p99 ms, ${size}`, 10, p99(FILTERED, size)),
        atMost(`90 days in UTC, p99 ms, ${size}`, 20, p99(UTC, size)),
        atMost(`90 days in any zone, p99 ms, ${size}`, 60, p99(ZONE, size)),
        atLeast(`export, rows a second, ${size}`, 50_000, facts[`export, rows a second, ${size}`] ?? 0),
        atMost(`export, growth of memory, MiB, ${size}`, 100, facts[`export, growth of memory, MiB, ${size}`] ?? 0),
      ]),
      ...Object.entries(ratios).map(([name, ratio]) => atMost(name, 1.2, ratio)),
    ],
  };
}
