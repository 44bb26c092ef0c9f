/** How long each of many took. */
export interface Distribution {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** What one measurement of a closed loop saw. */
export interface Measured extends Distribution {
  /** Completed calls a second. */
  perSecond: number;
  calls: number;
}

export interface Load {
  /** How many call at once; each waits for its answer before the next call. */
  callers: number;
  seconds: number;
}

/** Calls as fast as answers come, until the time is over and the last answer is in. */
export async function measure(
  { callers, seconds }: Load,
  call: (caller: number) => Promise<unknown>,
): Promise<Measured> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  const loop = async (caller: number): Promise<void> => {
    for (let from = performance.now(); from < endsAt;) {
      await call(caller);
      const to = performance.now();
      latenciesMs.push(to - from);
      from = to;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => loop(caller)));
  const elapsedMs = performance.now() - startedAt;
  const calls = latenciesMs.length;
  return { perSecond: (calls * 1_000) / elapsedMs, ...distribution(latenciesMs), calls };
}

export function distribution(timesMs: readonly number[]): Distribution {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return { p50Ms: at(sorted, 0.5), p99Ms: at(sorted, 0.99), maxMs: sorted.at(-1) ?? Number.NaN };
}

/** The middle of the values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (at(sorted, Math.ceil(middle) - 1, 'index') + at(sorted, Math.floor(middle), 'index')) / 2;
}

function at(sorted: readonly number[], position: number, kind: 'quantile' | 'index' = 'quantile'): number {
  const index = kind === 'index' ? position : Math.min(sorted.length - 1, Math.floor(position * sorted.length));
  return sorted[index] ?? Number.NaN;
}
