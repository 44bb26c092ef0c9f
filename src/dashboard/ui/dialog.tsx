import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { classes } from './classes.ts';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** Neither Escape nor a click beside it closes it. */
  isHeld?: boolean;
  /** It is there to be read: it begins at its top, and nothing in it has the focus first. */
  isText?: boolean;
  className?: string;
  children: ReactNode;
}

export function Dialog(props: Props) {
  const { isOpen, onClose, title, description, isHeld = false, isText = false, className, children } = props;
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root
      open={isOpen}
      disablePointerDismissal={isHeld}
      onOpenChange={(open, { reason }) => {
        if (!open && !(isHeld && (reason === 'escape-key' || reason === 'outside-press'))) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          data-slot="dialog"
          ref={popup}
          initialFocus={isText ? popup : true}
          className={classes(
            'floating fixed left-1/2 top-[max(4vh,12px)] z-50 grid max-h-[92dvh] grid-cols-1 w-[min(94vw,30rem)] -translate-x-1/2 gap-4 overflow-y-auto p-5 outline-none transition duration-150 data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0 sm:top-[10vh] sm:max-h-[80dvh]',
            className,
          )}
        >
          <div className="grid gap-1 pr-8">
            <Base.Title className="text-base font-semibold">{title}</Base.Title>
            {description !== undefined && (
              <Base.Description className="text-muted-foreground">{description}</Base.Description>
            )}
          </div>
          {children}
          {!isHeld && (
            <Base.Close
              aria-label="Close"
              className="absolute right-3 top-3 grid size-8 place-items-center rounded-md text-muted-foreground hover:bg-muted"
            >
              <X className="size-4" aria-hidden />
            </Base.Close>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2 pt-1">{children}</div>;
}
