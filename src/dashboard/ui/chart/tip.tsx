import { formatCredits } from '../amount.tsx';
import { classes } from '../classes.ts';
import { spanText } from '../time-text.ts';
import { bucketAt, type ChartData, endOf } from './model.ts';

interface Shown {
  data: ChartData;
  hidden: ReadonlySet<string>;
  unit: string;
  timeZone: string;
}

/** What a bucket comes to, the largest first, without what is zero in it. */
function rowsOf({ data, hidden, index }: Shown & { index: number }) {
  return data.series
    .filter(({ id, values }) => !hidden.has(id) && Number(values[index] ?? 0) > 0)
    .map(({ id, label, color, values }) => ({ id, label, color, value: values[index] ?? '0' }))
    .toSorted((one, other) => Number(other.value) - Number(one.value));
}

function headOf({ data, timeZone, index }: Shown & { index: number }): string {
  const span = spanText(data.starts[index] ?? 0, endOf(data, index), timeZone);
  return bucketAt(data, data.now) === index ? `${span}, so far` : span;
}

/** A bucket in one sentence. */
function describeBucket(shown: Shown & { index: number }): string {
  const { data, unit, index } = shown;
  const total = data.total[index];
  if (total == null) return `${headOf(shown)}: nothing to count yet.`;
  const parts = rowsOf(shown).map(({ label, value }) => `${label} ${formatCredits(value)}`);
  return `${headOf(shown)}: ${formatCredits(total)} ${unit}${parts.length > 1 ? `; ${parts.join('; ')}` : ''}.`;
}

/** What the bucket comes to: beside the pointer, and said for those who walk along with the keyboard. */
export function Tip({ pointed, ...shown }: Shown & { pointed: { index: number; x: number } }) {
  const { index, x } = pointed;
  const isRight = index > shown.data.starts.length / 2;
  return (
    <>
      <p aria-live="polite" className="sr-only">
        {index >= 0 && describeBucket({ ...shown, index })}
      </p>
      {index >= 0 && (
        <div
          aria-hidden
          className="floating pointer-events-none absolute top-1 z-20 grid max-w-64 min-w-40 gap-1.5 px-3 py-2 text-xs"
          style={isRight ? { right: `calc(100% - ${x - 12}px)` } : { left: x + 12 }}
        >
          <Bucket {...shown} index={index} />
        </div>
      )}
    </>
  );
}

function Bucket(shown: Shown & { index: number }) {
  const { data, unit, index } = shown;
  const total = data.total[index] ?? null;
  const before = data.before?.[index] ?? null;
  return (
    <>
      <p className="font-medium">{headOf(shown)}</p>
      {total === null ? (
        <p className="text-muted-foreground">Nothing to count yet</p>
      ) : (
        <dl className="amount grid gap-1">
          {rowsOf(shown).map(({ id, label, color, value }) => (
            <Row key={id} label={label} value={value} color={color} />
          ))}
          <Row label={`All ${unit}`} value={total} isSum />
          {before !== null && <Row label="Previous period" value={before} />}
        </dl>
      )}
    </>
  );
}

function Row(props: { label: string; value: string; color?: number; isSum?: boolean }) {
  const { label, value, color, isSum = false } = props;
  return (
    <div className={classes('flex items-center gap-2', isSum && 'border-t pt-1 font-medium')}>
      {color !== undefined && <Swatch color={color} />}
      <dt className="truncate">{label}</dt>
      <dd className="ml-auto pl-3">{formatCredits(value)}</dd>
    </div>
  );
}

/** The color of a series. */
export function Swatch({ color, isHollow = false }: { color: number; isHollow?: boolean }) {
  const paint = `var(--chart-${color})`;
  return (
    <span
      aria-hidden
      className="size-2 shrink-0 rounded-[3px] border"
      style={{ borderColor: paint, backgroundColor: isHollow ? 'transparent' : paint }}
    />
  );
}
