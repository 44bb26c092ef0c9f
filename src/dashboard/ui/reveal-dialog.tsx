import { Eye, EyeOff, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';

interface Props {
  title: string;
  description: string;
  secret: string;
  /** What it means to close without a copy. */
  warning: string;
  onClose: () => void;
  /** More ways to keep it, and what to do with it. */
  children?: (onKept: () => void) => ReactNode;
  /** Stands beside the button that copies. */
  renderBeside?: (onKept: () => void) => ReactNode;
}

/** The only sight of a secret: nothing but its own button closes it, and that asks whoever has not copied it. */
export function RevealDialog({ title, description, secret, warning, onClose, children, renderBeside }: Props) {
  const [isKept, setKept] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const keep = (): void => {
    setKept(true);
    setAsking(false);
  };
  return (
    <Dialog
      isOpen
      isHeld
      onClose={() => setAsking(true)}
      title={title}
      description={description}
      className="w-[min(94vw,40rem)]"
    >
      <Secret secret={secret} onKept={keep}>
        {renderBeside?.(keep)}
      </Secret>
      {children?.(keep)}
      {isAsking && (
        <p role="alert" className="flex items-center gap-2 rounded-md bg-warning-soft px-3 py-2 text-warning">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          {warning}
        </p>
      )}
      <DialogActions>
        {isAsking && (
          <Button variant="outline" onClick={onClose}>
            Close anyway
          </Button>
        )}
        <Button onClick={() => (isKept ? onClose() : setAsking(true))}>Done</Button>
      </DialogActions>
    </Dialog>
  );
}

/** Where the answer to the first try was lost, and its secret with it. */
export function LostSecretDialog(props: { title: string; description: string; onClose: () => void }) {
  const { title, description, onClose } = props;
  return (
    <Dialog isOpen onClose={onClose} title={title} description={description}>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function Secret({ secret, onKept, children }: { secret: string; onKept: () => void; children: ReactNode }) {
  const [isSeen, setSeen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code
        data-slot="secret"
        className="min-w-0 flex-1 basis-64 rounded-md border bg-muted px-3 py-2 font-mono text-[13px] break-all"
      >
        {isSeen ? secret : `${secret.slice(0, 8)}${'•'.repeat(24)}${secret.slice(-4)}`}
      </code>
      <Button variant="outline" size="icon" aria-label={isSeen ? 'Hide' : 'Show'} onClick={() => setSeen(!isSeen)}>
        {isSeen ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
      </Button>
      <CopyButton text={secret} label="Copy the secret" onCopied={onKept}>
        Copy
      </CopyButton>
      {children}
    </div>
  );
}
