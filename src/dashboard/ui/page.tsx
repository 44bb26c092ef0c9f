import { type ReactNode, useEffect } from 'react';

/** The frame of every page of the shell: its title, one line about it, its main action. */
export function Page(props: {
  title: string;
  about?: ReactNode;
  /** Where it belongs: the way back to a list. */
  above?: ReactNode;
  action?: ReactNode;
  workspaceName: string;
  children: ReactNode;
}) {
  const { title, about, above, action, workspaceName, children } = props;
  useEffect(() => {
    document.title = `${title} · ${workspaceName} · Commonpurse`;
  }, [title, workspaceName]);
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-5 px-4 py-6 sm:px-6 lg:py-8">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 gap-0.5">
          {above}
          <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
          {about !== undefined && <p className="text-pretty text-muted-foreground">{about}</p>}
        </div>
        {action}
      </div>
      {children}
    </div>
  );
}
