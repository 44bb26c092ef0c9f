import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface Props {
  children: ReactNode;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** Something that is on or off, at once. */
export function Switch({ children, isOn, onChange }: Props) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      className="inline-flex h-8 items-center gap-2 rounded-md px-1.5 text-[13px]"
      onClick={() => onChange(!isOn)}
    >
      <span
        aria-hidden
        className={classes(
          'relative h-4 w-7 rounded-full border transition-colors',
          isOn ? 'border-accent bg-accent' : 'border-input bg-muted',
        )}
      >
        <span
          className={classes(
            'absolute top-px left-px size-3 rounded-full transition-transform',
            isOn ? 'translate-x-3 bg-card' : 'bg-muted-foreground',
          )}
        />
      </span>
      {children}
    </button>
  );
}
