import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return <section data-slot="card" className={classes('rounded-lg border bg-card', className)} {...rest} />;
}

/** A part of a page of settings: what it is about, then its controls. */
export function Section({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  return (
    <Card aria-label={title} className="grid gap-4 p-4 sm:p-5">
      <div className="grid gap-0.5">
        <h2 className="font-semibold">{title}</h2>
        {about !== undefined && <p className="text-muted-foreground">{about}</p>}
      </div>
      {children}
    </Card>
  );
}
