import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
}

/** Everything about one row, beside the list that it stands in. */
export function Drawer({ isOpen, onClose, title, description, children }: Props) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/30 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          data-slot="drawer"
          className="floating fixed inset-y-2 right-2 z-50 grid w-[min(calc(100vw-1rem),29rem)] grid-cols-1 content-start gap-5 overflow-y-auto p-5 outline-none transition duration-150 data-ending-style:translate-x-4 data-ending-style:opacity-0 data-starting-style:translate-x-4 data-starting-style:opacity-0"
        >
          <div className="grid gap-1 pr-9">
            <Base.Title className="text-base font-semibold break-words">{title}</Base.Title>
            {description !== undefined && (
              <Base.Description render={<div />} className="text-muted-foreground">
                {description}
              </Base.Description>
            )}
          </div>
          {children}
          <Base.Close
            aria-label="Close"
            className="absolute top-3.5 right-3 grid size-8 place-items-center rounded-md text-muted-foreground hover:bg-muted"
          >
            <X className="size-4" aria-hidden />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** A part of a drawer. */
export function DrawerPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2" aria-label={title}>
      <h3 className="text-xs font-medium text-muted-foreground">{title}</h3>
      {children}
    </section>
  );
}

/** Names and what belongs to them, a line each. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid gap-1.5">{children}</dl>;
}

export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-muted-foreground">{name}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  );
}

/** Somebody's own facts, as they gave them. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return (
    <pre
      tabIndex={0}
      aria-label={label}
      className="max-h-72 overflow-auto rounded-md border bg-muted p-3 font-mono text-xs leading-relaxed"
    >
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
