/** One thing that is counted, bucket by bucket. */
export interface ChartSeries {
  id: string;
  label: string;
  /** Which color of the palette: the same for as long as the chart shows it, whatever its rank. */
  color: number;
  /** One decimal string a bucket; null where there is nothing to count yet, which is not the same as "0". */
  values: readonly (string | null)[];
}

export type ChartShape = 'bars' | 'areas' | 'lines';

export interface ChartData {
  /** Where each bucket begins, in ms; the last one ends at `until`. */
  starts: readonly number[];
  until: number;
  /** The bucket that this falls into is still filling. */
  now: number;
  /** The largest first. */
  series: readonly ChartSeries[];
  total: readonly (string | null)[];
  /** The totals of the time before, bucket by bucket, to compare with. */
  before?: readonly (string | null)[] | undefined;
}

/** Colors before this one are of series; it is that of the rest. */
export const REST_COLOR = 8;
export const SERIES_MAX = REST_COLOR + 1;

type Figures = (number | null)[];

export interface Layers {
  /** Seconds, as uPlot counts. */
  times: number[];
  /** What to draw for each series, in their order; stacked shapes carry what lies below. */
  series: Figures[];
  before: Figures;
  highest: number;
}

/** Decimal strings become floats here and nowhere else: for pixels they are exact enough. */
function figuresOf(values: readonly (string | null)[]): Figures {
  return values.map((value) => (value === null ? null : Number(value)));
}

/** What is drawn. Hidden series take no place in the stack. */
export function layersOf(data: ChartData, shape: ChartShape, hidden: ReadonlySet<string>): Layers {
  const before = data.before ? figuresOf(data.before) : data.starts.map(() => null);
  const series: Figures[] = [];
  let below: Figures = data.starts.map(() => 0);
  for (const { id, values } of data.series) {
    if (hidden.has(id)) {
      series.push(data.starts.map(() => null));
      continue;
    }
    const own = figuresOf(values);
    if (shape === 'lines') {
      series.push(own);
      continue;
    }
    const top = own.map((value, index) => (value === null ? null : value + (below[index] ?? 0)));
    series.push(top);
    below = top;
  }
  const highest = Math.max(0, ...[...series, before].flatMap((figures) => figures.map((value) => value ?? 0)));
  return { times: data.starts.map((start) => start / 1_000), series, before, highest };
}

/** The bucket that a moment falls into; -1 before the first and after the last. */
export function bucketAt({ starts, until }: ChartData, time: number): number {
  if (time >= until) return -1;
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function endOf({ starts, until }: ChartData, index: number): number {
  return starts[index + 1] ?? until;
}
