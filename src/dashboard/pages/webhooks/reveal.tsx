import { LostSecretDialog, RevealDialog } from '../../ui/reveal-dialog.tsx';
import { type Endpoint, endpointName } from './endpoints.ts';

export interface Revealed {
  kind: 'created' | 'rotated';
  endpoint: Endpoint;
  /** Null where the answer to the first request was lost. */
  secret: string | null;
}

/** The secret that receivers verify with, shown this once. */
export function EndpointRevealDialog({ revealed, onClose }: { revealed: Revealed; onClose: () => void }) {
  const { endpoint, secret, kind } = revealed;
  const name = `“${endpointName(endpoint)}”`;
  if (secret === null) {
    return (
      <LostSecretDialog
        title={kind === 'created' ? `${name} was made before` : `${name} was rotated before`}
        description="The answer to the first try was lost, and its secret with it. Rotate the secret to get a new one."
        onClose={onClose}
      />
    );
  }
  return (
    <RevealDialog
      title={kind === 'created' ? `${name} is ready` : `${name} has a new secret`}
      description="Copy the secret now: it cannot be shown again."
      secret={secret}
      warning="You have not copied the secret. Without it nobody can verify what is sent: you would have to rotate it."
      onClose={onClose}
    >
      {() => (
        <p className="text-muted-foreground">
          Requests follow Standard Webhooks: verify the signature over the bytes as they came, with a library of
          standardwebhooks.com, and answer 2xx within 15 seconds.
          {kind === 'rotated' &&
            ' For 24 hours the old secret signs along, so that receivers can change over one by one.'}
        </p>
      )}
    </RevealDialog>
  );
}
