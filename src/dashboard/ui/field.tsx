import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { classes } from './classes.ts';

const control =
  'w-full rounded-md border border-input bg-card px-2.5 text-foreground placeholder:text-muted-foreground aria-invalid:border-destructive disabled:opacity-60';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input data-slot="input" className={classes(control, 'h-9', className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea data-slot="textarea" className={classes(control, 'min-h-16 py-1.5', className)} {...rest} />;
}

/** The platform's own list: it works everywhere, by touch and by keyboard. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select data-slot="select" className={classes(control, 'h-9 pr-7', className)} {...rest} />;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What is wrong with it, in words. */
  error?: string | undefined;
  className?: string;
  /** Gets what ties the control to its label and messages. */
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}

/** A label, its control, a hint and what is wrong with it, tied together for screen readers. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div data-slot="field" className={classes('grid content-start gap-1.5', className)}>
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {children({
        id,
        ...(describedBy !== '' && { 'aria-describedby': describedBy }),
        ...(error !== undefined && { 'aria-invalid': true }),
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-xs text-destructive">
          {error}
        </p>
      )}
    </div>
  );
}

export function Checkbox({
  label,
  hint,
  className,
  ...rest
}: ComponentProps<'input'> & { label: ReactNode; hint?: string }) {
  return (
    <label className={classes('flex items-start gap-2', className)}>
      <input type="checkbox" className="mt-[3px] size-3.5 shrink-0 accent-accent" {...rest} />
      <span className="grid">
        <span>{label}</span>
        {hint !== undefined && <span className="text-xs text-muted-foreground">{hint}</span>}
      </span>
    </label>
  );
}
