import { Tabs } from '@base-ui/react/tabs';
import { Download, Eye, EyeOff, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Button, buttonVariants } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import type { ApiKey } from './keys.ts';
import { samplesOf } from './samples.ts';

export interface Revealed {
  kind: 'created' | 'rotated';
  apiKey: ApiKey;
  /** Null where the answer to the first request was lost: it is shown once, and that was then. */
  secret: string | null;
}

/** The only sight of a secret: nothing but its own button closes it, and that asks whoever has not copied it. */
export function RevealDialog({ revealed, onClose }: { revealed: Revealed; onClose: () => void }) {
  const { apiKey, secret, kind } = revealed;
  const [isKept, setKept] = useState(false);
  const [isAsking, setAsking] = useState(false);
  if (secret === null) return <LostSecret apiKey={apiKey} onClose={onClose} />;
  const keep = (): void => {
    setKept(true);
    setAsking(false);
  };
  return (
    <Dialog
      isOpen
      isHeld
      onClose={() => setAsking(true)}
      title={kind === 'created' ? `“${apiKey.name}” is ready` : `“${apiKey.name}” has a new secret`}
      description="Copy the secret now: it is not stored, and cannot be shown again."
      className="w-[min(94vw,40rem)]"
    >
      <Secret secret={secret} onKept={keep} />
      <Samples secret={secret} onKept={keep} />
      {isAsking && (
        <p role="alert" className="flex items-center gap-2 rounded-md bg-warning-soft px-3 py-2 text-warning">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          You have not copied the secret. Without it the key is of no use: you would have to rotate it.
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

function LostSecret({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`“${apiKey.name}” was made before`}
      description="The answer to the first try was lost, and its secret with it. Rotate the key to get a new one."
    >
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function Secret({ secret, onKept }: { secret: string; onKept: () => void }) {
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
      <EnvFile secret={secret} onKept={onKept} />
    </div>
  );
}

function EnvFile({ secret, onKept }: { secret: string; onKept: () => void }) {
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([`COMMONPURSE_API_KEY=${secret}\n`], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'commonpurse.env';
    link.click();
    URL.revokeObjectURL(url);
    onKept();
  };
  return (
    <Button variant="outline" onClick={download}>
      <Download aria-hidden /> .env
    </Button>
  );
}

function Samples({ secret, onKept }: { secret: string; onKept: () => void }) {
  return (
    <Tabs.Root defaultValue="curl" className="grid gap-2">
      <Tabs.List className="flex gap-1" aria-label="A first call">
        {samplesOf(secret).map(({ name }) => (
          <Tabs.Tab
            key={name}
            value={name}
            className={buttonVariants({
              variant: 'ghost',
              size: 'sm',
              className: 'data-active:bg-muted text-muted-foreground data-active:text-foreground',
            })}
          >
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {samplesOf(secret).map(({ name, code }) => (
        <Tabs.Panel key={name} value={name} className="relative">
          <pre
            tabIndex={0}
            aria-label={`A first call in ${name}`}
            className="max-h-52 overflow-auto rounded-md border bg-muted p-3 pr-12 font-mono text-xs leading-relaxed"
          >
            {code.replaceAll(secret, `${secret.slice(0, 8)}…${secret.slice(-4)}`)}
          </pre>
          <div className="absolute right-2 top-2">
            <CopyButton text={code} label={`Copy the ${name} code with the secret`} onCopied={onKept} />
          </div>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
