import UPlot, { type AlignedData, type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axisText } from '../time-text.ts';
import { bucketAt, type ChartData, type ChartShape, endOf, type Layers, layersOf, SERIES_MAX } from './model.ts';
import { type Colors, colorsOf, paintGaps, paintUnfinished, paintZeroes } from './paint.ts';

export interface PlotState {
  data: ChartData;
  shape: ChartShape;
  hidden: ReadonlySet<string>;
  timeZone: string;
}

export interface PlotHandlers {
  /** The bucket under the pointer, and where its middle is in the plot; -1 for none. */
  onPoint: (index: number, x: number) => void;
  onPick: (index: number) => void;
  onBrush: (first: number, last: number) => void;
}

/** A chart on a canvas: uPlot with what it lacks. */
export interface Plot {
  update: (state: PlotState) => void;
  /** Colors are read anew. */
  repaint: () => void;
  /** Points at a bucket, as a pointer would; -1 for none. */
  point: (index: number) => void;
  close: () => void;
}

const HEADROOM = 1.08;
const AXIS_FONT = '11px "Inter Variable", sans-serif';
const figures = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

export function openPlot(place: HTMLElement, first: PlotState, handlers: PlotHandlers): Plot {
  const self = { state: first, layers: layersOf(first.data, first.shape, first.hidden), colors: colorsOf(place) };
  const uPlot = new UPlot(optionsOf(place, self, handlers), alignedOf(self.layers), place);
  strokeFor(uPlot, first.shape);
  const band = document.createElement('div');
  band.className = 'chart-band';
  band.hidden = true;
  uPlot.over.append(band);
  const sizes = new ResizeObserver(() => {
    uPlot.setSize({ width: place.clientWidth, height: place.clientHeight });
  });
  sizes.observe(place);
  const point = (index: number): void => {
    const { data } = self.state;
    band.hidden = index < 0;
    const left = uPlot.valToPos((data.starts[index] ?? 0) / 1_000, 'x');
    const right = uPlot.valToPos(endOf(data, index) / 1_000, 'x');
    band.style.left = `${left}px`;
    band.style.width = `${right - left}px`;
    handlers.onPoint(index, uPlot.over.offsetLeft + (left + right) / 2);
  };
  const stop = listen(uPlot, self, { ...handlers, point });
  return {
    update(state) {
      self.state = state;
      strokeFor(uPlot, state.shape);
      self.layers = layersOf(state.data, state.shape, state.hidden);
      uPlot.setData(alignedOf(self.layers));
    },
    repaint() {
      self.colors = colorsOf(place);
      uPlot.redraw(false, true);
    },
    point,
    close() {
      stop();
      sizes.disconnect();
      uPlot.destroy();
    },
  };
}

interface Self {
  state: PlotState;
  layers: Layers;
  colors: Colors;
}

/** The top of a stack comes first and is drawn over by what lies below; the comparison comes last, over all. */
function alignedOf({ times, series, before }: Layers): AlignedData {
  const none = times.map(() => null);
  const drawn = Array.from({ length: SERIES_MAX }, (_, place) => series[SERIES_MAX - 1 - place] ?? none);
  return [times, ...drawn, before];
}

function optionsOf(area: HTMLElement, self: Self, handlers: PlotHandlers): Options {
  const { bars, linear } = UPlot.paths;
  const barsOf = bars?.({ size: [0.86, Number.POSITIVE_INFINITY, 1], align: 1 });
  const linesOf = linear?.();
  const colorAt = (number: number): string =>
    self.colors.series[self.state.data.series[SERIES_MAX - number]?.color ?? 0] ?? '';
  const series = Array.from({ length: SERIES_MAX }, (): UPlot.Series => ({
    stroke: (_u, at) => (self.state.shape === 'lines' ? colorAt(at) : self.colors.card),
    fill: (_u, at) => (self.state.shape === 'lines' ? 'transparent' : colorAt(at)),
    points: { show: false },
    paths: (u, at, from, to) => (self.state.shape === 'bars' ? barsOf : linesOf)?.(u, at, from, to) ?? null,
  }));
  const before: UPlot.Series = {
    stroke: () => self.colors.text,
    width: 1.5,
    dash: [5, 4],
    points: { show: false },
    ...(linesOf && { paths: linesOf }),
  };
  return {
    width: Math.max(area.clientWidth, 120),
    height: Math.max(area.clientHeight, 80),
    // The last mark of the axis reaches half its width beyond the plot.
    padding: [8, 20, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), self.state.timeZone),
    cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: () => [self.layers.times[0] ?? 0, self.state.data.until / 1_000] },
      y: { range: () => [0, self.layers.highest > 0 ? self.layers.highest * HEADROOM : 1] },
    },
    axes: axesOf(self),
    series: [{}, ...series, before],
    hooks: {
      drawClear: [(u) => paintGaps(u, self.state.data, self.colors)],
      draw: [
        (u) => paintZeroes(u, self.state.data, self.colors),
        (u) => paintUnfinished(u, self.state.data, self.colors),
      ],
      setSelect: [
        (u) => {
          const { select } = u;
          if (select.width < 4) return;
          const { data } = self.state;
          const edge = (left: number): number => bucketAt(data, u.posToVal(left, 'x') * 1_000);
          const last = edge(select.left + select.width);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          handlers.onBrush(Math.max(edge(select.left), 0), last < 0 ? data.starts.length - 1 : last);
        },
      ],
    },
  };
}

/** A stroke around bars would take more room than bars have where there are many. */
function strokeFor({ series }: UPlot, shape: ChartShape): void {
  for (const one of series.slice(1, -1)) one.width = shape === 'bars' ? 0 : 1.5;
}

function axesOf(self: Self): UPlot.Axis[] {
  const shared: UPlot.Axis = {
    stroke: () => self.colors.text,
    font: AXIS_FONT,
    ticks: { show: false },
    grid: { stroke: () => self.colors.line, width: 1 },
  };
  return [
    {
      ...shared,
      space: 64,
      size: 26,
      gap: 6,
      grid: { show: false },
      values: (_u, splits, _axis, _space, step) =>
        splits.map((seconds) => axisText(seconds * 1_000, step * 1_000, self.state.timeZone)),
    },
    { ...shared, size: 46, gap: 6, space: 36, values: (_u, splits) => splits.map((value) => figures.format(value)) },
  ];
}

/** Follows the pointer bucket by bucket. A click that ends a brush picks nothing. */
function listen(
  uPlot: UPlot,
  self: Self,
  { point, onPick }: PlotHandlers & { point: (index: number) => void },
): () => void {
  let pointed = -1;
  let pressedAt = 0;
  const bucketOf = (event: MouseEvent): number => {
    const left = event.clientX - uPlot.over.getBoundingClientRect().left;
    return bucketAt(self.state.data, uPlot.posToVal(left, 'x') * 1_000);
  };
  const onMove = (event: MouseEvent): void => {
    const index = bucketOf(event);
    if (index === pointed) return;
    pointed = index;
    point(index);
  };
  const onLeave = (): void => {
    pointed = -1;
    point(-1);
  };
  const onDown = (event: MouseEvent): void => {
    pressedAt = event.clientX;
  };
  const onClick = (event: MouseEvent): void => {
    const index = bucketOf(event);
    if (Math.abs(event.clientX - pressedAt) < 4 && index >= 0) onPick(index);
  };
  const { over } = uPlot;
  over.addEventListener('mousemove', onMove);
  over.addEventListener('mouseleave', onLeave);
  over.addEventListener('mousedown', onDown);
  over.addEventListener('click', onClick);
  return () => {
    over.removeEventListener('mousemove', onMove);
    over.removeEventListener('mouseleave', onLeave);
    over.removeEventListener('mousedown', onDown);
    over.removeEventListener('click', onClick);
  };
}
