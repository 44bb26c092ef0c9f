import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';

/** The way from one thing to the list that it stands in. */
export function BackLink({ to, children }: { to: string; children: string }) {
  return (
    <Link
      to={to}
      className="-ml-1 inline-flex h-7 items-center gap-0.5 justify-self-start rounded pr-1.5 text-[13px] text-muted-foreground hover:text-foreground"
    >
      <ChevronLeft className="size-4" aria-hidden />
      {children}
    </Link>
  );
}
