import { ChartColumnStacked, Table2 } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useTheme } from '../../shell/theme.ts';
import { Button } from '../button.tsx';
import { classes } from '../classes.ts';
import { Skeleton } from '../states.tsx';
import { ownTimeZone } from '../time-text.ts';
import { ChartTable } from './chart-table.tsx';
import { Legend } from './legend.tsx';
import { bucketAt, type ChartData, type ChartShape, endOf } from './model.ts';
import type { openPlot, Plot, PlotState } from './plot.ts';
import { Tip } from './tip.tsx';
import './chart.css';

// Asked for while what it draws is still on its way; who opens a chart says what is wrong.
import('./plot.ts').catch(() => undefined);

interface Props {
  /** What it shows, for those who do not see it: "Credits spent by key, the last 7 days". */
  label: string;
  data: ChartData;
  shape?: ChartShape;
  /** What is counted: "credits", "calls". */
  unit: string;
  timeZone?: string;
  height?: number;
  /** Goes into a bucket: a click, or Enter. */
  onPick?: ((start: number, end: number) => void) | undefined;
  /** Goes into what was brushed: from the start of one bucket to the end of another. */
  onBrush?: ((start: number, end: number) => void) | undefined;
}

/**
 * Stacked bars, areas or lines over time, on a canvas, and the same in words: arrow keys go from bucket to bucket and say
 * it, and a table holds every figure. A tint means that there was nothing to count yet, stripes that a bucket still fills.
 */
export function TimeSeriesChart(props: Props) {
  const { label, data, shape = 'bars', unit, timeZone = ownTimeZone, height = 260, onPick, onBrush } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [isTable, setTable] = useState(false);
  const [pointed, setPointed] = useState({ index: -1, x: 0 });
  const place = useRef<HTMLDivElement>(null);
  const hint = useId();
  const goInto = (index: number): void => onPick?.(data.starts[index] ?? 0, endOf(data, index));
  const { plot, isReady } = usePlot(
    place,
    { data, shape, hidden, timeZone },
    {
      onPoint: (index, x) => setPointed({ index, x }),
      onPick: goInto,
      onBrush: (first, last) => onBrush?.(data.starts[first] ?? 0, endOf(data, last)),
    },
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextBucket(event.key, pointed.index, data);
    if (next !== null) plot.current?.point(next);
    else if (event.key === 'Enter' && pointed.index >= 0) goInto(pointed.index);
    else return;
    event.preventDefault();
  };
  const shown = { data, hidden, unit, timeZone };
  return (
    <figure data-slot="chart" className="grid gap-3">
      <div className={classes('relative', isTable && 'sr-only')}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrow keys walk along its buckets */}
        <div
          role="group"
          aria-label={label}
          aria-describedby={hint}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
          tabIndex={isTable ? -1 : 0}
          className="rounded-md outline-offset-4"
          onKeyDown={onKeyDown}
          onBlur={() => plot.current?.point(-1)}
        >
          <div
            ref={place}
            aria-hidden
            className={classes('w-full', onPick && '[&_.u-over]:cursor-pointer')}
            style={{ height }}
          />
          {!isReady && <Skeleton className="absolute inset-0" />}
          <p id={hint} className="sr-only">
            Left and right arrows go from bucket to bucket{onPick ? ', Enter opens one' : ''}. The table says the same.
          </p>
        </div>
        <Tip {...shown} pointed={pointed} />
      </div>
      <ChartTable label={label} data={data} timeZone={timeZone} isShown={isTable} />
      <figcaption className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <Legend data={data} hidden={hidden} onChange={setHidden} />
        <TableSwitch isTable={isTable} onChange={setTable} />
      </figcaption>
    </figure>
  );
}

function TableSwitch({ isTable, onChange }: { isTable: boolean; onChange: (isTable: boolean) => void }) {
  return (
    <Button
      variant="ghost"
      size="sm"
      className="ml-auto text-muted-foreground"
      aria-pressed={isTable}
      onClick={() => onChange(!isTable)}
    >
      {isTable ? <ChartColumnStacked aria-hidden /> : <Table2 aria-hidden />}
      {isTable ? 'As a chart' : 'As a table'}
    </Button>
  );
}

function nextBucket(key: string, index: number, data: ChartData): number | null {
  const last = data.starts.length - 1;
  const steps: Record<string, number> = {
    ArrowLeft: index < 0 ? bucketAt(data, Math.min(data.now, data.until - 1)) : Math.max(index - 1, 0),
    ArrowRight: index < 0 ? 0 : Math.min(index + 1, last),
    Home: 0,
    End: last,
    Escape: -1,
  };
  return steps[key] ?? null;
}

type Handlers = Parameters<typeof openPlot>[2];

interface Held {
  plot: RefObject<Plot | null>;
  isReady: boolean;
}

/** Opens the plot once its part of the program is there, and hands it whatever changes. */
function usePlot(place: RefObject<HTMLDivElement | null>, state: PlotState, handlers: Handlers): Held {
  const plot = useRef<Plot | null>(null);
  const newest = useRef({ state, handlers });
  const [isReady, setReady] = useState(false);
  const { isDark } = useTheme();
  const { data, shape, hidden, timeZone } = state;
  useEffect(() => {
    newest.current = { state, handlers };
  });
  useEffect(() => {
    let isGone = false;
    const open = async (): Promise<void> => {
      const part = await import('./plot.ts');
      if (isGone || !place.current) return;
      plot.current = part.openPlot(place.current, newest.current.state, {
        onPoint: (index, x) => newest.current.handlers.onPoint(index, x),
        onPick: (index) => newest.current.handlers.onPick(index),
        onBrush: (first, last) => newest.current.handlers.onBrush(first, last),
      });
      setReady(true);
    };
    void open();
    return () => {
      isGone = true;
      plot.current?.close();
      plot.current = null;
    };
  }, [place]);
  useEffect(() => plot.current?.update({ data, shape, hidden, timeZone }), [data, shape, hidden, timeZone]);
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the theme is read from the style sheet
  useEffect(() => plot.current?.repaint(), [isDark]);
  return { plot, isReady };
}
