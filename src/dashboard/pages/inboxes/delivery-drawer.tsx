import { Check } from 'lucide-react';
import { useState } from 'react';
import { useReading } from '../../api/reading.ts';
import { InboxDeliveryDocument, type InboxDeliveryQuery } from '../../generated/graphql.ts';
import { placeOf, useGo } from '../../shell/places.ts';
import { useShown } from '../../shell/workspace.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Drawer, DrawerPart, Fact, Facts } from '../../ui/drawer.tsx';
import { sizeText } from '../../ui/payload-text.ts';
import { Payload } from '../../ui/payload.tsx';
import { FaultNote, SkeletonRows } from '../../ui/states.tsx';
import { momentText } from '../../ui/time-text.ts';
import { useAcknowledging } from './acknowledging.ts';
import { SignatureBadge, State } from './delivery-columns.tsx';
import { CHARGES, type Inbox } from './inboxes.ts';

type Delivery = Extract<NonNullable<InboxDeliveryQuery['node']>, { base64: string }>;

interface Props {
  inbox: Inbox;
  /** The delivery that the address names. */
  id: string | undefined;
  onOpen: (id: string) => void;
  onClose: () => void;
  onAcknowledged: () => void;
}

/** One delivery, whole: who sent it, its headers and its body as they came. */
export function DeliveryDrawer({ id, ...rest }: Props) {
  // What is shown stays while the drawer slides out.
  const [shownId, setShownId] = useState(id);
  if (id !== undefined && id !== shownId) setShownId(id);
  if (shownId === undefined) return null;
  return <Opened key={shownId} id={shownId} isOpen={id !== undefined} {...rest} />;
}

function Opened({ inbox, id, isOpen, onOpen, onClose, onAcknowledged }: Props & { id: string; isOpen: boolean }) {
  const reading = useReading(InboxDeliveryDocument, { id }, { isPaused: !isOpen });
  const node = reading.data?.node;
  const delivery = node && 'base64' in node && node.inbox.id === inbox.id ? node : undefined;
  return (
    <Drawer
      isOpen={isOpen}
      onClose={onClose}
      title={delivery ? `Delivery ${formatCredits(delivery.number)}` : 'Delivery'}
      description={
        delivery && (
          <span className="flex flex-wrap items-center gap-2">
            <SignatureBadge delivery={delivery} />
            {delivery.duplicateOf != null && <Badge>Duplicate</Badge>}
            <State delivery={delivery} />
          </span>
        )
      }
    >
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      {delivery ? (
        <Detail
          delivery={delivery}
          inbox={inbox}
          onOpen={onOpen}
          onAcknowledged={() => {
            reading.again();
            onAcknowledged();
          }}
        />
      ) : reading.data ? (
        <p className="text-muted-foreground">
          There is no such delivery in this inbox. Some are deleted after a while.
        </p>
      ) : (
        !reading.fault && <SkeletonRows count={4} />
      )}
    </Drawer>
  );
}

type DetailProps = { delivery: Delivery } & Pick<Props, 'inbox' | 'onOpen' | 'onAcknowledged'>;

function Detail({ delivery, inbox, onOpen, onAcknowledged }: DetailProps) {
  const { can } = useShown();
  const { acknowledge, isRunning } = useAcknowledging(inbox.id);
  const run = async (): Promise<void> => {
    if (await acknowledge([delivery.id])) onAcknowledged();
  };
  return (
    <>
      {delivery.signature === 'FAILED' && (
        <p className="rounded-md bg-destructive-soft px-3 py-2 text-destructive">
          No right signature came with it: anybody may have sent it. Workers are never given it, and it costs nothing.
        </p>
      )}
      {delivery.acknowledgedAt == null && can('inboxes:write') && (
        <Button className="justify-self-start" isBusy={isRunning} onClick={() => void run()}>
          <Check aria-hidden /> Acknowledge
        </Button>
      )}
      <About delivery={delivery} onOpen={onOpen} />
      <DrawerPart title="Body">
        <Payload
          key={delivery.id}
          label="Body"
          text={delivery.text ?? null}
          base64={delivery.base64}
          fileName={`${inbox.name}-${delivery.number}`}
        />
      </DrawerPart>
      <Headers headers={delivery.headers} />
    </>
  );
}

function About({ delivery, onOpen }: Pick<DetailProps, 'delivery' | 'onOpen'>) {
  const { workspace } = useShown();
  const go = useGo();
  const { id, receivedAt, sourceAddress, eventId, duplicateOf, charge, chargeSeq, size } = delivery;
  return (
    <Facts>
      <Fact name="Received">{momentText(receivedAt)}</Fact>
      <Fact name="From">
        <code className="font-mono text-xs">{sourceAddress ?? 'unknown'}</code>
      </Fact>
      {eventId != null && (
        <Fact name="Event of the provider">
          <code className="font-mono text-xs break-all">{eventId}</code>
        </Fact>
      )}
      {duplicateOf != null && (
        <Fact name="Came before as">
          <Button variant="link" size="inline" onClick={() => onOpen(duplicateOf)}>
            the first delivery
          </Button>
        </Fact>
      )}
      <Fact name="Price">
        {CHARGES[charge]}
        {chargeSeq != null && (
          <>
            {' · '}
            <Button
              variant="link"
              size="inline"
              onClick={() => go(placeOf(workspace.slug, 'ledger'), { entry: chargeSeq })}
            >
              decision {formatCredits(chargeSeq)}
            </Button>
          </>
        )}
      </Fact>
      <Fact name="Takes up">{sizeText(size)}</Fact>
      <Fact name="Id">
        <span className="inline-flex items-center gap-1">
          <code className="font-mono text-xs break-all">{id}</code>
          <CopyButton text={id} label="Copy the id" />
        </span>
      </Fact>
    </Facts>
  );
}

/** In the order in which they came. */
function Headers({ headers }: { headers: Delivery['headers'] }) {
  return (
    <DrawerPart title="Headers, as they came">
      <table className="w-full text-left font-mono text-xs">
        <thead className="sr-only">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {headers.map(({ name, value }, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a name may come twice, and the list never changes
            <tr key={index}>
              <th scope="row" className="py-1.5 pr-3 align-top font-normal whitespace-nowrap text-muted-foreground">
                {name}
              </th>
              <td className="py-1.5 align-top break-all">
                {value ?? <span className="font-sans text-muted-foreground">secret, not kept</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </DrawerPart>
  );
}
