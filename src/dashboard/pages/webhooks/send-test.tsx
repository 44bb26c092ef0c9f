import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useIdempotencyKey } from '../../api/idempotency.ts';
import { useReading } from '../../api/reading.ts';
import { SendTestWebhookDocument, type WebhookEventType, WebhookEventTypesDocument } from '../../generated/graphql.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Json } from '../../ui/drawer.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { type Endpoint, endpointName, groupsOf } from './endpoints.ts';

interface Props {
  endpoint: Endpoint;
  onClose: () => void;
  onSent: (deliveryId: string) => void;
}

/** Sends the example of a type, whether or not the endpoint listens for it. */
export function SendTestDialog({ endpoint, onClose, onSent }: Props) {
  const kinds = useReading(WebhookEventTypesDocument, {}).data?.webhookEventTypes ?? [];
  const [type, setType] = useState<WebhookEventType>(endpoint.eventTypes[0] ?? 'BALANCE_LOW');
  const [send, isRunning] = useAction(SendTestWebhookDocument);
  const idempotencyKey = useIdempotencyKey();
  const chosen = kinds.find((kind) => kind.type === type);
  const run = () => {
    const input = { webhookEndpointId: endpoint.id, eventType: type };
    return send({ input: { ...input, idempotencyKey: idempotencyKey(input) } });
  };
  return (
    <DeedDialog
      title={`Send a test to “${endpointName(endpoint)}”`}
      description="An example, signed as everything else is. Its id is that of no event."
      deed="Send the test"
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={(payload) => {
        onClose();
        toast.success('A test is on its way');
        onSent(payload.delivery.id);
      }}
    >
      <Field label="Type of event" hint={chosen?.description.replaceAll('`', '')}>
        {(ids) => (
          <Select {...ids} value={type} onChange={({ target }) => setType(target.value as WebhookEventType)}>
            {groupsOf(kinds).map((group) => (
              <optgroup key={group.title} label={group.title}>
                {group.kinds.map((kind) => (
                  <option key={kind.type} value={kind.type}>
                    {kind.name}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        )}
      </Field>
      {chosen && <Json value={chosen.example} label="The data of the example" />}
    </DeedDialog>
  );
}
