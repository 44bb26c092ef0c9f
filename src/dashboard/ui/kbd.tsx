import type { ReactNode } from 'react';

export const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border bg-muted px-1 font-sans text-[11px] text-muted-foreground">
      {children}
    </kbd>
  );
}
