import type { InboxDeliveryFieldsFragment } from '../../generated/graphql.ts';
import { formatCredits } from '../../ui/amount.tsx';
import { Badge } from '../../ui/badge.tsx';
import type { ListColumn } from '../../ui/data-table.tsx';
import { sizeText } from '../../ui/payload-text.ts';
import { Time } from '../../ui/time.tsx';
import { SIGNATURES } from './inboxes.ts';

type Delivery = InboxDeliveryFieldsFragment;

interface Options {
  onOpen: (id: string) => void;
  /** For whoever may acknowledge. */
  choosing: { chosen: ReadonlySet<string>; setChosen: (chosen: ReadonlySet<string>) => void } | null;
}

export function deliveryColumnsOf({ onOpen, choosing }: Options): ListColumn<Delivery>[] {
  const columns: ListColumn<Delivery>[] = [
    {
      id: 'delivery',
      header: 'Delivery',
      cell: (delivery) => (
        <button type="button" className="block w-full text-left" onClick={() => onOpen(delivery.id)}>
          <What delivery={delivery} />
        </button>
      ),
    },
    { id: 'state', header: 'State', from: 'sm', cell: (delivery) => <State delivery={delivery} /> },
    { id: 'size', header: 'Size', isFigure: true, from: 'lg', cell: ({ size }) => sizeText(size) },
    { id: 'when', header: 'When', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
  ];
  if (!choosing) return columns;
  const { chosen, setChosen } = choosing;
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const choice: ListColumn<Delivery> = {
    id: 'choice',
    header: 'Choose',
    isUnlabelled: true,
    cell: ({ id, number, acknowledgedAt }) =>
      acknowledgedAt == null ? (
        <label className="-m-2 block w-max cursor-pointer p-2">
          <input
            type="checkbox"
            aria-label={`Choose delivery ${number}`}
            className="block size-3.5 accent-accent"
            checked={chosen.has(id)}
            onChange={() => toggle(id)}
          />
        </label>
      ) : null,
  };
  return [choice, ...columns];
}

function What({ delivery }: { delivery: Delivery }) {
  const { number, eventId, contentType, duplicateOf, charge } = delivery;
  return (
    <span className="grid gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="amount font-medium">#{formatCredits(number)}</span>
        <SignatureBadge delivery={delivery} />
        {duplicateOf != null && <Badge>Duplicate</Badge>}
        {charge === 'UNPAID' && <Badge tone="warning">Unpaid</Badge>}
      </span>
      <span className="text-xs text-muted-foreground">
        <span className="sm:hidden">
          <State delivery={delivery} />
        </span>
        <code className="hidden font-mono break-all sm:inline">{eventId ?? contentType ?? 'no content type'}</code>
      </span>
    </span>
  );
}

export function SignatureBadge({ delivery: { signature } }: { delivery: Pick<Delivery, 'signature'> }) {
  const tone = signature === 'VERIFIED' ? 'good' : signature === 'FAILED' ? 'bad' : 'neutral';
  return <Badge tone={tone}>{SIGNATURES[signature]}</Badge>;
}

/** Whether somebody dealt with it, or is at it. */
export function State({ delivery: { state, acknowledgedAt, claimedUntil } }: { delivery: Delivery }) {
  if (state === 'ACKNOWLEDGED') {
    return (
      <span className="text-muted-foreground">
        Acknowledged {acknowledgedAt != null && <Time at={acknowledgedAt} />}
      </span>
    );
  }
  if (state === 'CLAIMED')
    return (
      <>
        Claimed by a worker
        {claimedUntil != null && (
          <>
            , <Time at={claimedUntil} />
          </>
        )}
      </>
    );
  return <>Waits</>;
}
