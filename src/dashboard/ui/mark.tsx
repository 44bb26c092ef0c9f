import { classes } from './classes.ts';

/** Two purses that share: the mark of the product. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={classes('size-5', className)} aria-hidden>
      <circle cx="12" cy="16" r="8" fill="none" strokeWidth="3.2" className="stroke-foreground" />
      <circle cx="20" cy="16" r="8" fill="none" strokeWidth="3.2" className="stroke-accent" />
    </svg>
  );
}
