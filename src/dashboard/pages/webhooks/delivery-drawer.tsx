import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useReading } from '../../api/reading.ts';
import {
  ResendDeliveryDocument,
  WebhookDeliveryDocument,
  type WebhookDeliveryFieldsFragment,
  type WebhookDeliveryQuery,
} from '../../generated/graphql.ts';
import { useWatching } from '../../live/watching.ts';
import { useShown } from '../../shell/workspace.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Drawer, DrawerPart, Fact, Facts } from '../../ui/drawer.tsx';
import { FormFault } from '../../ui/form-page.tsx';
import { Payload } from '../../ui/payload.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { latencyText, momentText } from '../../ui/time-text.ts';
import { Time } from '../../ui/time.tsx';
import type { Endpoint } from './endpoints.ts';
import { attemptResult, DeliveryState, Due } from './state.tsx';

type Delivery = Extract<NonNullable<WebhookDeliveryQuery['node']>, { event: unknown }>;
type Attempt = Delivery['attempts'][number];

interface Props {
  endpoint: Endpoint;
  /** The delivery that the address names. */
  id: string | undefined;
  onClose: () => void;
  onChanged: (delivery: WebhookDeliveryFieldsFragment) => void;
}

/** One delivery, whole: what is told, and every request about it with its answer. */
export function DeliveryDrawer({ endpoint, id, onClose, onChanged }: Props) {
  // What is shown stays while the drawer slides out.
  const [shownId, setShownId] = useState(id);
  if (id !== undefined && id !== shownId) setShownId(id);
  return (
    <>
      {shownId !== undefined && (
        <Inspector
          key={shownId}
          endpoint={endpoint}
          id={shownId}
          isOpen={id !== undefined}
          onClose={onClose}
          onChanged={onChanged}
        />
      )}
    </>
  );
}

function Inspector({ endpoint, id, isOpen, onClose, onChanged }: Props & { id: string; isOpen: boolean }) {
  const reading = useReading(WebhookDeliveryDocument, { id }, { isPaused: !isOpen });
  useWatching(reading.again, isOpen);
  const node = reading.data?.node;
  const delivery = node && 'event' in node && node.endpoint.id === endpoint.id ? node : undefined;
  return (
    <Drawer
      isOpen={isOpen}
      onClose={onClose}
      title={delivery?.event.type ?? 'Delivery'}
      description={
        delivery && (
          <span className="flex items-center gap-1">
            <code className="font-mono text-xs break-all">{delivery.event.id}</code>
            <CopyButton text={delivery.event.id} label="Copy the id of the event" />
          </span>
        )
      }
    >
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      {delivery ? (
        <Detail delivery={delivery} endpoint={endpoint} onChanged={onChanged} />
      ) : reading.data ? (
        <p className="text-muted-foreground">There is no such delivery to this endpoint. Old ones are forgotten.</p>
      ) : (
        !reading.fault && <SkeletonRows count={4} />
      )}
    </Drawer>
  );
}

function Detail({ delivery, endpoint, onChanged }: { delivery: Delivery } & Pick<Props, 'endpoint' | 'onChanged'>) {
  const { event, attempts, attemptCount, nextAttemptAt, finishedAt } = delivery;
  return (
    <>
      <Facts>
        <Fact name="State">
          <DeliveryState delivery={delivery} />
        </Fact>
        <Fact name="Happened">{momentText(event.occurredAt)}</Fact>
        <Fact name="Attempts">{attemptCount}</Fact>
        {nextAttemptAt != null && (
          <Fact name="Next attempt">
            <Due at={nextAttemptAt} />
          </Fact>
        )}
        {finishedAt != null && <Fact name="Over">{momentText(finishedAt)}</Fact>}
      </Facts>
      <Resend delivery={delivery} isDisabled={endpoint.disabledAt != null} onChanged={onChanged} />
      <DrawerPart title="Attempts, the last one first">
        {attempts.length === 0 && <p className="text-muted-foreground">None has ended yet.</p>}
        <ol className="grid gap-2">
          {attempts.map((attempt, index) => (
            <AttemptItem key={attempt.number} attempt={attempt} isFirst={index === 0} />
          ))}
        </ol>
      </DrawerPart>
      <DrawerPart title="Body of every request, byte for byte">
        <Payload label="Body" text={event.body} fileName={`${event.id}.json`} />
      </DrawerPart>
    </>
  );
}

function Resend(props: { delivery: Delivery; isDisabled: boolean; onChanged: Props['onChanged'] }) {
  const { delivery, isDisabled, onChanged } = props;
  const { can } = useShown();
  const [resend, isRunning] = useAction(ResendDeliveryDocument);
  const [refusal, setRefusal] = useState<string>();
  if (!can('webhooks:write')) return null;
  const run = async (): Promise<void> => {
    const outcome = await resend({ input: { deliveryId: delivery.id } });
    setRefusal(outcome.refusal?.message);
    if (!outcome.payload) return;
    onChanged(outcome.payload.delivery);
    toast.success('It is on its way again');
  };
  return (
    <div className="grid gap-2">
      <Button
        variant="outline"
        className="justify-self-start"
        disabled={isDisabled}
        isBusy={isRunning}
        onClick={() => void run()}
      >
        <RotateCcw aria-hidden /> Send again
      </Button>
      {isDisabled && <p className="text-xs text-muted-foreground">The endpoint is disabled: enable it first.</p>}
      <FormFault sentence={refusal} />
    </div>
  );
}

function AttemptItem({ attempt, isFirst }: { attempt: Attempt; isFirst: boolean }) {
  const { number, status, durationMs, startedAt, responseHead, responseCut, failure, url } = attempt;
  const isTaken = status != null && status >= 200 && status < 300;
  return (
    <li>
      <details open={isFirst} className="rounded-md border">
        <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 select-none">
          <span className="amount text-muted-foreground">{number}.</span>
          <Badge tone={isTaken ? 'good' : 'bad'}>{status ?? 'No answer'}</Badge>
          <span className="amount">{latencyText(durationMs)}</span>
          <span className="ml-auto text-muted-foreground">
            <Time at={startedAt} />
          </span>
        </summary>
        <div className="grid gap-2 border-t p-3">
          <code className="font-mono text-xs break-all text-muted-foreground">POST {url}</code>
          {failure != null && <p className="break-words text-destructive">{failure}</p>}
          {responseHead != null && (
            <pre
              tabIndex={0}
              aria-label={`Answer to attempt ${number}: ${attemptResult(attempt)}`}
              className="max-h-64 overflow-auto rounded-md bg-muted p-2.5 font-mono text-xs leading-relaxed"
            >
              {responseHead}
            </pre>
          )}
          {responseCut && (
            <p className="text-xs text-muted-foreground">The answer went on; only its beginning is kept.</p>
          )}
        </div>
      </details>
    </li>
  );
}
