import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import {
  DeleteWebhookEndpointDocument,
  RotateWebhookSecretDocument,
  UpdateWebhookEndpointDocument,
} from '../../generated/graphql.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Time, useNow } from '../../ui/time.tsx';
import { EditEndpointDialog } from './edit.tsx';
import { type Endpoint, endpointName } from './endpoints.ts';
import { ReplayDialog } from './replay.tsx';
import type { Revealed } from './reveal.tsx';
import { SendTestDialog } from './send-test.tsx';

export interface EndpointDeed {
  kind: 'edit' | 'rotate' | 'disable' | 'enable' | 'delete' | 'test' | 'replay';
  endpoint: Endpoint;
}

interface DeedProps {
  endpoint: Endpoint;
  onClose: () => void;
}

interface Props {
  deed: EndpointDeed | null;
  onClose: () => void;
  onRevealed: (revealed: Revealed) => void;
  onDeleted: () => void;
  /** A test is on its way: its delivery can be looked at. */
  onSent: (endpoint: Endpoint, deliveryId: string) => void;
}

/** What the menu of an endpoint starts. */
export function EndpointDialogs({ deed, onClose, onRevealed, onDeleted, onSent }: Props) {
  if (!deed) return null;
  const { kind, endpoint } = deed;
  switch (kind) {
    case 'edit':
      return <EditEndpointDialog endpoint={endpoint} onClose={onClose} />;
    case 'test':
      return <SendTestDialog endpoint={endpoint} onClose={onClose} onSent={(id) => onSent(endpoint, id)} />;
    case 'replay':
      return <ReplayDialog endpoint={endpoint} onClose={onClose} />;
    case 'rotate':
      return <RotateDialog endpoint={endpoint} onClose={onClose} onRevealed={onRevealed} />;
    case 'delete':
      return <DeleteDialog endpoint={endpoint} onClose={onClose} onDeleted={onDeleted} />;
    case 'disable':
    case 'enable':
      return <SwitchDialog endpoint={endpoint} isDisabling={kind === 'disable'} onClose={onClose} />;
  }
}

function RotateDialog({ endpoint, onClose, onRevealed }: DeedProps & Pick<Props, 'onRevealed'>) {
  const [rotate, isRunning] = useAction(RotateWebhookSecretDocument);
  const idempotencyKey = useIdempotencyKey();
  const run = () => {
    const input = { webhookEndpointId: endpoint.id };
    return rotate({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
  };
  const endsAt = endpoint.previousSecretEndsAt;
  const now = useNow();
  return (
    <DeedDialog
      title={`Rotate the secret of “${endpointName(endpoint)}”`}
      description="It gets a new secret. For 24 hours every request carries a signature of the old one too, so receivers can change over one by one; then only the new one signs."
      deed="Rotate the secret"
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={(payload) => {
        onClose();
        const { webhookEndpoint, secret } = payload;
        onRevealed({ kind: 'rotated', endpoint: webhookEndpoint, secret: secret ?? null });
      }}
    >
      {endsAt != null && Date.parse(endsAt) > now && (
        <p className="text-warning">
          The secret before the current one still signs, and would until <Time at={endsAt} />. It ends with this
          rotation.
        </p>
      )}
    </DeedDialog>
  );
}

function DeleteDialog({ endpoint, onClose, onDeleted }: DeedProps & Pick<Props, 'onDeleted'>) {
  const [run, isRunning] = useAction(DeleteWebhookEndpointDocument);
  return (
    <ConfirmDialog
      title={`Delete “${endpointName(endpoint)}”?`}
      consequences={[
        'It is told of nothing any more. What waits for another try is not sent.',
        'Its deliveries and their log are deleted with it, parked ones too.',
        'Nothing brings it back. To stop it for a while, disable it instead.',
      ]}
      deed="Delete the endpoint"
      isRunning={isRunning}
      run={() => run({ input: { webhookEndpointId: endpoint.id } })}
      onClose={onClose}
      onDone={() => {
        onClose();
        onDeleted();
        toast.success(`${endpointName(endpoint)} is deleted`);
      }}
    />
  );
}

function SwitchDialog({ endpoint, isDisabling, onClose }: DeedProps & { isDisabling: boolean }) {
  const [update, isRunning] = useAction(UpdateWebhookEndpointDocument);
  const name = endpointName(endpoint);
  const run = () => update({ input: { webhookEndpointId: endpoint.id, disabled: isDisabling } });
  return (
    <DeedDialog
      title={isDisabling ? `Disable “${name}”?` : `Enable “${name}”?`}
      description={
        isDisabling
          ? 'It is sent nothing until you enable it again. What happens meanwhile is parked: then you can send it.'
          : 'It is told of what happens from now on. What was parked stays parked until you send again what was missed.'
      }
      deed={isDisabling ? 'Disable the endpoint' : 'Enable the endpoint'}
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={() => {
        onClose();
        toast.success(isDisabling ? `${name} is disabled` : `${name} is told again`);
      }}
    />
  );
}
