import { memo, useEffect, useRef, useState } from 'react';
import { formatCredits } from '../amount.tsx';
import { classes } from '../classes.ts';
import { spanText } from '../time-text.ts';
import { type ChartData, endOf } from './model.ts';

/** Whoever reads a table does not want it rewritten under them, and thousands of cells are not written at every call. */
const REWRITE_MS = 10_000;

interface Props {
  label: string;
  data: ChartData;
  timeZone: string;
  isShown: boolean;
}

/** Every figure of the chart. Always there for screen readers; shown to everybody who asks. */
export function ChartTable({ label, data, timeZone, isShown }: Props) {
  const calm = useCalm(data, isShown);
  return (
    <div className={classes(isShown ? 'max-h-96 overflow-auto rounded-md border' : 'sr-only')}>
      <Cells label={label} data={calm} timeZone={timeZone} />
    </div>
  );
}

const Cells = memo(function Cells({ label, data, timeZone }: Omit<Props, 'isShown'>) {
  return (
    <table className="w-full text-right text-[13px]" data-slot="chart-table">
      <caption className="sr-only">{label}</caption>
      <thead>
        <tr>
          <Head>Time</Head>
          {data.series.map(({ id, label: name }) => (
            <Head key={id}>{name}</Head>
          ))}
          <Head>All</Head>
        </tr>
      </thead>
      <tbody className="amount divide-y">
        {data.starts.map((start, index) => (
          <tr key={start}>
            <th scope="row" className="px-3 py-1 text-left font-normal whitespace-nowrap">
              {spanText(start, endOf(data, index), timeZone)}
            </th>
            {data.series.map(({ id, values }) => (
              <td key={id} className="px-3 py-1">
                {textOf(values[index])}
              </td>
            ))}
            <td className="px-3 py-1 font-medium">{textOf(data.total[index])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});

function Head({ children }: { children: string }) {
  return (
    <th
      scope="col"
      className="sticky top-0 bg-card px-3 py-1.5 text-xs font-medium whitespace-nowrap text-muted-foreground first:text-left"
    >
      {children}
    </th>
  );
}

function textOf(value: string | null | undefined): string {
  return value == null ? '–' : formatCredits(value);
}

/** The data, at most so often; at once when other buckets or series are shown, or the table comes into sight. */
function useCalm(data: ChartData, isShown: boolean): ChartData {
  const [calm, setCalm] = useState(data);
  const writtenAt = useRef(0);
  const isOther = nameOf(calm) !== nameOf(data);
  useEffect(() => {
    const wait = isOther || isShown ? 0 : Math.max(0, writtenAt.current + REWRITE_MS - Date.now());
    const timer = setTimeout(() => {
      writtenAt.current = Date.now();
      setCalm(data);
    }, wait);
    return () => clearTimeout(timer);
  }, [data, isOther, isShown]);
  return isOther ? data : calm;
}

function nameOf({ starts, series }: ChartData): string {
  return [starts.length, starts[0], ...series.map(({ label }) => label)].join(' ');
}
