import { classes } from '../classes.ts';
import { bucketAt, type ChartData } from './model.ts';
import { Swatch } from './tip.tsx';

interface Props {
  data: ChartData;
  hidden: ReadonlySet<string>;
  onChange: (hidden: ReadonlySet<string>) => void;
}

/** Names of what is drawn. Each hides and shows its own; with Alt or Shift, all others. */
export function Legend({ data, hidden, onChange }: Props) {
  const toggle = (id: string, isAlone: boolean): void => {
    const others = data.series.map((one) => one.id).filter((other) => other !== id);
    if (isAlone) return onChange(new Set(others.every((other) => hidden.has(other)) ? [] : others));
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    return onChange(next);
  };
  const isFilling = bucketAt(data, data.now) >= 0;
  return (
    <ul className="flex min-w-0 flex-1 flex-wrap gap-x-1 gap-y-0.5 text-[13px]" aria-label="Shown in the chart">
      {data.series.map(({ id, label, color }) => (
        <li key={id} className="min-w-0">
          <button
            type="button"
            aria-pressed={!hidden.has(id)}
            title="Hide or show; with Shift, all others"
            className={classes(
              'flex h-7 max-w-52 items-center gap-1.5 rounded-md px-2 hover:bg-muted',
              hidden.has(id) && 'text-muted-foreground line-through',
            )}
            onClick={({ altKey, shiftKey }) => toggle(id, altKey || shiftKey)}
          >
            <Swatch color={color} isHollow={hidden.has(id)} />
            <span className="truncate">{label}</span>
          </button>
        </li>
      ))}
      {data.before && (
        <li className="flex h-7 items-center gap-1.5 px-2 text-muted-foreground">
          <span aria-hidden className="w-4 border-t-2 border-dashed border-muted-foreground" /> Previous period
        </li>
      )}
      {data.total[0] === null && (
        <li className="flex h-7 items-center gap-1.5 px-2 text-muted-foreground">
          <span aria-hidden className="size-2.5 rounded-[3px] bg-border" /> Before it began
        </li>
      )}
      {isFilling && (
        <li className="flex h-7 items-center gap-1.5 px-2 text-muted-foreground">
          <span aria-hidden className="chart-stripes size-2.5 rounded-[3px]" /> In progress
        </li>
      )}
    </ul>
  );
}
