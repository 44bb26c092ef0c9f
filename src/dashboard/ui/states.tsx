import { Inbox, type LucideIcon, RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Fault } from '../api/errors.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { CopyButton } from './copy-button.tsx';

/** Holds the place of what is still loading, in its size. Shows only after 150 ms. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div data-slot="skeleton" className={classes('animate-appear', className)} aria-hidden>
      <div className="size-full animate-pulse rounded bg-muted" />
    </div>
  );
}

/** As many rows as are expected, of the height that rows have. */
export function SkeletonRows({ count = 5 }: { count?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex h-14 items-center gap-4 px-4">
          <Skeleton className="h-4 w-40" />
          <Skeleton className="ml-auto h-4 w-24" />
        </div>
      ))}
    </div>
  );
}

/** What it is, why it is empty, and the one thing to do. */
export function EmptyState(props: { icon?: LucideIcon; title: string; children: ReactNode; action?: ReactNode }) {
  const { icon: Icon = Inbox, title, children, action } = props;
  return (
    <div data-slot="empty-state" className="grid justify-items-center gap-2 px-6 py-14 text-center">
      <div className="mb-1 grid size-10 place-items-center rounded-full bg-muted text-muted-foreground">
        <Icon className="size-5" aria-hidden />
      </div>
      <h2 className="font-semibold">{title}</h2>
      <p className="max-w-md text-pretty text-muted-foreground">{children}</p>
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** One sentence, the request's id to quote, and another try. Stands where the missing part would. */
export function FaultNote({ fault, again, className }: { fault: Fault; again?: () => void; className?: string }) {
  return (
    <div
      role="alert"
      className={classes(
        'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-destructive/30 bg-destructive-soft px-3 py-2 text-destructive',
        className,
      )}
    >
      <TriangleAlert className="size-4 shrink-0" aria-hidden />
      <span>{fault.sentence}</span>
      {fault.requestId !== null && (
        <span className="inline-flex items-center gap-1 text-xs">
          Request <code className="font-mono">{fault.requestId.slice(0, 8)}</code>
          <CopyButton text={fault.requestId} label="Copy the request id" />
        </span>
      )}
      {again && (
        <Button variant="outline" size="sm" className="ml-auto text-foreground" onClick={again}>
          <RotateCw aria-hidden /> Try again
        </Button>
      )}
    </div>
  );
}
