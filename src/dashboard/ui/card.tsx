import type { ComponentProps } from 'react';
import { classes } from './classes.ts';

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return <section data-slot="card" className={classes('rounded-lg border bg-card', className)} {...rest} />;
}
