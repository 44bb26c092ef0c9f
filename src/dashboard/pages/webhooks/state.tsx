import type { WebhookDeliveryFieldsFragment } from '../../generated/graphql.ts';
import { Badge } from '../../ui/badge.tsx';
import { Lasting, Time, useNow } from '../../ui/time.tsx';
import { DISABLED_REASONS, type Endpoint } from './endpoints.ts';

/** Whether an endpoint is told, and if not, why. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const { disabledAt, disabledReason, failingSince, lastSuccessAt } = endpoint;
  if (disabledAt != null) {
    return (
      <Badge tone={disabledReason === 'MEMBER' ? 'warning' : 'bad'}>
        Disabled{disabledReason != null && `: ${DISABLED_REASONS[disabledReason]}`}
      </Badge>
    );
  }
  if (failingSince != null) {
    return (
      <Badge tone="bad">
        Failing for <Lasting since={failingSince} />
      </Badge>
    );
  }
  return lastSuccessAt == null ? <Badge>Nothing taken yet</Badge> : <Badge tone="good">Live</Badge>;
}

/** Where a delivery stands. */
export function DeliveryState({ delivery }: { delivery: WebhookDeliveryFieldsFragment }) {
  const { state, attempts } = delivery;
  switch (state) {
    case 'SUCCEEDED':
      return <Badge tone="good">Delivered</Badge>;
    case 'FAILED':
      return <Badge tone="bad">Given up</Badge>;
    case 'PARKED':
      return <Badge tone="warning">Parked</Badge>;
    case 'PENDING':
      return attempts.length === 0 ? <Badge>On its way</Badge> : <Badge tone="warning">Will be tried again</Badge>;
  }
}

/** How an attempt ended, in a word. */
export function attemptResult({ status, failure }: { status?: number | null; failure?: string | null }): string {
  return status == null ? (failure ?? 'no answer') : String(status);
}

/** When something comes: "in 5 minutes", and "now" for what is due. */
export function Due({ at }: { at: string }) {
  const now = useNow();
  return Date.parse(at) <= now ? <>now</> : <Time at={at} />;
}
