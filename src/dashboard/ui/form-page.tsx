import { type ReactNode, useEffect } from 'react';
import { Mark } from './mark.tsx';

/** A page of one form, outside of any workspace. */
export function FormPage(props: { title: string; about?: ReactNode; footer?: ReactNode; children: ReactNode }) {
  const { title, about, footer, children } = props;
  useEffect(() => {
    document.title = `${title} · Commonpurse`;
  }, [title]);
  return (
    <div className="grid min-h-dvh content-start justify-items-center px-4 pb-10 pt-[12vh]">
      <div className="mb-8 flex items-center gap-2.5 text-lg font-semibold tracking-tight">
        <Mark className="size-7" /> Commonpurse
      </div>
      <main className="grid w-full max-w-sm gap-5 rounded-xl border bg-card p-6">
        <div className="grid gap-1">
          <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
          {about !== undefined && <p className="text-pretty text-muted-foreground">{about}</p>}
        </div>
        {children}
      </main>
      {footer !== undefined && <p className="mt-5 text-muted-foreground">{footer}</p>}
    </div>
  );
}

/** What is wrong with the form as a whole. */
export function FormFault({ sentence }: { sentence: string | undefined }) {
  if (sentence === undefined) return null;
  return (
    <p role="alert" className="rounded-md bg-destructive-soft px-3 py-2 text-destructive">
      {sentence}
    </p>
  );
}
