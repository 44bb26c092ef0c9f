import { classes } from './classes.ts';

interface Props<Value extends string> {
  /** What is chosen, for screen readers. */
  label: string;
  options: readonly { value: Value; text: string; title?: string }[];
  value: Value | null;
  onChange: (value: Value) => void;
  className?: string;
}

/** A choice among few, all in sight. */
export function Segments<Value extends string>({ label, options, value, onChange, className }: Props<Value>) {
  return (
    <div
      role="group"
      aria-label={label}
      className={classes('flex rounded-md border border-input bg-card p-0.5', className)}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.title}
          className={classes(
            'h-7 rounded px-2.5 text-[13px] whitespace-nowrap text-muted-foreground hover:text-foreground',
            option.value === value && 'bg-muted font-medium text-foreground',
          )}
          onClick={() => onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}
