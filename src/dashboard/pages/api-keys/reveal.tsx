import { Tabs } from '@base-ui/react/tabs';
import { Download } from 'lucide-react';
import { Button, buttonVariants } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { LostSecretDialog, RevealDialog } from '../../ui/reveal-dialog.tsx';
import type { ApiKey } from './keys.ts';
import { samplesOf } from './samples.ts';

export interface Revealed {
  kind: 'created' | 'rotated';
  apiKey: ApiKey;
  /** Null where the answer to the first request was lost: it is shown once, and that was then. */
  secret: string | null;
}

/** A secret that was just made, with what to do with it. */
export function KeyRevealDialog({ revealed, onClose }: { revealed: Revealed; onClose: () => void }) {
  const { apiKey, secret, kind } = revealed;
  if (secret === null) {
    return (
      <LostSecretDialog
        title={`“${apiKey.name}” was made before`}
        description="The answer to the first try was lost, and its secret with it. Rotate the key to get a new one."
        onClose={onClose}
      />
    );
  }
  return (
    <RevealDialog
      title={kind === 'created' ? `“${apiKey.name}” is ready` : `“${apiKey.name}” has a new secret`}
      description="Copy the secret now: it is not stored, and cannot be shown again."
      secret={secret}
      warning="You have not copied the secret. Without it the key is of no use: you would have to rotate it."
      onClose={onClose}
      renderBeside={(onKept) => <EnvFile secret={secret} onKept={onKept} />}
    >
      {(onKept) => <Samples secret={secret} onKept={onKept} />}
    </RevealDialog>
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
    <Tabs.Root defaultValue="curl" className="grid grid-cols-1 gap-2">
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
        <Tabs.Panel key={name} value={name} className="relative min-w-0">
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
