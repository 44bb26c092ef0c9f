import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { useReading } from '../../api/reading.ts';
import {
  MissedDeliveriesDocument,
  type MissedDeliveriesQuery,
  ReplayDeliveriesDocument,
} from '../../generated/graphql.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Checkbox, Field, Input } from '../../ui/field.tsx';
import { localMinute } from '../../ui/time-text.ts';
import { type Endpoint, endpointName } from './endpoints.ts';

const COUNTED_MAX = 100;
const DAY_MS = 86_400_000;

/** Sends again what happened since a moment, and says beforehand how much that is. */
export function ReplayDialog({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const [since, setSince] = useState(() =>
    localMinute(endpoint.failingSince ?? new Date(Date.now() - DAY_MS).toISOString()),
  );
  const [isAll, setAll] = useState(false);
  const [replay, isRunning] = useAction(ReplayDeliveriesDocument);
  const { data } = useReading(MissedDeliveriesDocument, { endpointId: endpoint.id, first: COUNTED_MAX });
  const run = async () => {
    if (since === '') return { payload: null, refusal: { message: 'Say since when.' } };
    const input = { webhookEndpointId: endpoint.id, since: new Date(since).toISOString(), includeSucceeded: isAll };
    return replay({ input });
  };
  return (
    <DeedDialog
      title={`Send again to “${endpointName(endpoint)}”`}
      description="In the order in which it happened, with the ids it had: a receiver that remembers them takes nothing twice."
      deed="Send again"
      isRunning={isRunning}
      run={run}
      onClose={onClose}
      onDone={(payload) => {
        const { count, nextSince } = payload;
        onClose();
        const sent = count === 1 ? '1 delivery is sent again' : `${count} deliveries are sent again`;
        toast.success(
          nextSince == null ? sent : `${sent}, the oldest. Go on from ${localMinute(nextSince).replace('T', ' ')}.`,
        );
      }}
    >
      <Field label="What happened since" hint="In your time zone.">
        {(ids) => (
          <Input {...ids} type="datetime-local" value={since} onChange={({ target }) => setSince(target.value)} />
        )}
      </Field>
      <Checkbox
        label="Also what it took already"
        hint="Otherwise only what failed or was parked."
        checked={isAll}
        onChange={({ target }) => setAll(target.checked)}
      />
      {!isAll && data && since !== '' && <p role="status">{missedText(data, new Date(since))}</p>}
    </DeedDialog>
  );
}

/** How much was missed since a moment, counted up to a page of either kind. */
function missedText({ node }: MissedDeliveriesQuery, since: Date): string {
  if (!node || !('failed' in node)) return '';
  const counts = [node.failed, node.parked].map(({ edges, pageInfo }) => {
    const count = edges.filter((edge) => new Date(edge.node.event.occurredAt) >= since).length;
    return { count, isMore: pageInfo.hasNextPage && count === edges.length };
  });
  const count = counts.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return 'Nothing since then failed or was parked.';
  const some = counts.some(({ isMore }) => isMore) ? `${count} or more` : String(count);
  return `${some} ${count === 1 ? 'delivery' : 'deliveries'} since then failed or ${count === 1 ? 'was' : 'were'} parked.`;
}
