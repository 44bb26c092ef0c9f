import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { type Distribution, type Measured, median } from './measure.ts';

export interface BenchOptions {
  rounds: number;
  /** How long one measurement of one round lasts. */
  seconds: number;
  /** Entries that the ledger begins with, where a bench has one. */
  preload: number;
  /** Which of its parts to run, where a bench has parts; all unless given. */
  only?: readonly string[];
}

export interface Machine {
  cpu: string;
  cpus: number;
  node: string;
  postgres: string;
  /** Median of the time that the disk takes to make 8 KiB durable. */
  fdatasyncMs: number;
  loadBefore: number;
  loadAfter: number;
}

/** A target, and whether this run reached it. Short of it is news, not failure. */
export interface Bar {
  name: string;
  bar: number;
  figure: number;
  met: boolean;
}

export interface Figure {
  /** Medians over the rounds. */
  p50Ms: number;
  p99Ms: number;
  /** The worst of all rounds. */
  maxMs: number;
  rounds: number;
  /** Medians again, where calls were made one after the other. */
  perSecond?: number;
  worstPerSecond?: number;
  /** Server CPU for one call, where the server is a process of its own. */
  cpuMicros?: number;
}

export interface Report {
  bench: string;
  machine: Machine;
  ratios: Record<string, number>;
  figures: Record<string, Figure>;
  /** Whatever is neither a time nor a rate, with its unit in the name. */
  facts?: Record<string, number>;
  bars: Bar[];
}

type Round = Distribution & Partial<Measured> & { cpuMicros?: number };

/** The rounds of one figure. Ratios are taken inside each round, since neighbours change the machine between them. */
export class Rounds {
  readonly #measured = new Map<string, Round[]>();
  readonly #noted = new Map<string, number[]>();

  add(name: string, measured: Round): void {
    this.#measured.set(name, [...(this.#measured.get(name) ?? []), measured]);
  }

  has(name: string): boolean {
    return this.#measured.has(name);
  }

  note(name: string, value: number): void {
    this.#noted.set(name, [...(this.#noted.get(name) ?? []), value]);
  }

  /** Medians of what was noted. */
  facts(): Record<string, number> {
    return Object.fromEntries(Array.from(this.#noted, ([name, values]) => [name, rounded(median(values))]));
  }

  figures(): Record<string, Figure> {
    return Object.fromEntries(
      Array.from(this.#measured, ([name, rounds]) => {
        const cpuMicros = rounds.flatMap((round) => round.cpuMicros ?? []);
        const speeds = rounds.flatMap((round) => round.perSecond ?? []);
        const figure: Figure = {
          p50Ms: rounded(median(rounds.map(({ p50Ms }) => p50Ms))),
          p99Ms: rounded(median(rounds.map(({ p99Ms }) => p99Ms))),
          maxMs: rounded(Math.max(...rounds.map(({ maxMs }) => maxMs))),
          rounds: rounds.length,
          ...(speeds.length > 0 && {
            perSecond: rounded(median(speeds)),
            worstPerSecond: rounded(Math.min(...speeds)),
          }),
          ...(cpuMicros.length > 0 && { cpuMicros: rounded(median(cpuMicros)) }),
        };
        return [name, figure];
      }),
    );
  }

  /** Median over the rounds of `candidate` divided by the best of the `baselines`. */
  ratio(
    candidate: string,
    baselines: readonly string[],
    of: 'perSecond' | 'cpuMicros' | 'p50Ms' = 'perSecond',
  ): number {
    const rounds = this.#measured.get(candidate) ?? [];
    return rounded(
      median(
        rounds.map((round, index) => {
          const others = baselines.map((name) => this.#measured.get(name)?.[index]?.[of] ?? Number.NaN);
          return (round[of] ?? Number.NaN) / Math.max(...others);
        }),
      ),
    );
  }
}

/** A bar that is reached from above. */
export const atLeast = (name: string, bar: number, figure: number): Bar => ({ name, bar, figure, met: figure >= bar });

/** A bar that is reached from below. */
export const atMost = (name: string, bar: number, figure: number): Bar => ({ name, bar, figure, met: figure <= bar });

export function describeMachine({ postgres, folder }: { postgres: string; folder: string }): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    node: process.versions.node,
    postgres,
    fdatasyncMs: rounded(medianSyncMs(folder)),
    loadBefore: rounded(loadavg()[0] ?? Number.NaN),
    loadAfter: Number.NaN,
  };
}

const SYNCS = 100;

function medianSyncMs(folder: string): number {
  const path = join(folder, 'fdatasync-probe');
  const file = openSync(path, 'w');
  try {
    const page = Buffer.alloc(8_192, 1);
    return median(
      Array.from({ length: SYNCS }, () => {
        const startedAt = performance.now();
        writeSync(file, page, 0, page.length, 0);
        fdatasyncSync(file);
        return performance.now() - startedAt;
      }),
    );
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

/** A table for people; with `json`, one JSON object after it as the last line. */
export function printReport(report: Report, { json }: { json: boolean }): void {
  const { bench, machine, figures, facts = {}, ratios, bars } = report;
  machine.loadAfter = rounded(loadavg()[0] ?? Number.NaN);
  console.log(`\n${bench}: ${machine.cpus} x ${machine.cpu}, Node.js ${machine.node}, PostgreSQL ${machine.postgres}`);
  console.log(`fdatasync ${machine.fdatasyncMs} ms; load ${machine.loadBefore} before, ${machine.loadAfter} after\n`);
  const rows = Object.entries(figures).map(([name, { perSecond, p50Ms, p99Ms, maxMs, worstPerSecond, cpuMicros }]) =>
    // Nothing takes no time: a 0 stands for what could not be measured.
    [name, p50Ms || '-', p99Ms || '-', maxMs || '-', perSecond ?? '-', worstPerSecond ?? '-', cpuMicros ?? '-'].map(
      String,
    ),
  );
  printTable([['', 'p50 ms', 'p99 ms', 'max ms', 'per second', 'worst round', 'CPU us'], ...rows]);
  if (Object.keys(ratios).length > 0) {
    printTable([
      ['ratio, median of the rounds', ''],
      ...Object.entries(ratios).map(([name, ratio]) => [name, String(ratio)]),
    ]);
  }
  const noted = Object.entries(facts).map(([name, value]) => [name, String(value)]);
  if (noted.length > 0) printTable([['beside', ''], ...noted]);
  const judged = bars.map(({ name, bar, figure, met }) => [name, String(bar), String(figure), met ? 'met' : 'not yet']);
  printTable([['bar', 'bar', 'figure', ''], ...judged]);
  if (json) console.log(JSON.stringify(report));
}

function printTable(rows: readonly string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('   ')}`);
  }
  console.log('');
}

/** Three significant digits: more would claim what such a measurement cannot know. */
export const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(3)) : 0);
