import type { Search } from '../../api/address.ts';
import type { InboxDeliveryFieldsFragment, InboxDeliveryFilter, SignatureState } from '../../generated/graphql.ts';
import { SIGNATURES } from './inboxes.ts';

export const NO_FILTER: Search = { shown: undefined, signature: undefined, copies: undefined };

/** Which deliveries the address asks for; null for all. */
export function filterOf(search: Search): InboxDeliveryFilter | null {
  const { shown, copies, signature } = search;
  const filter: InboxDeliveryFilter = {
    ...(shown === 'open' && { isAcknowledged: false }),
    ...(shown === 'done' && { isAcknowledged: true }),
    ...(copies === 'only' && { isDuplicate: true }),
    ...(copies === 'none' && { isDuplicate: false }),
    ...(signature !== undefined && signature in SIGNATURES && { signature: signature as SignatureState }),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}

/** Whether what has just come would be listed. */
export function meets(delivery: InboxDeliveryFieldsFragment, filter: InboxDeliveryFilter | null): boolean {
  const { isAcknowledged, isDuplicate, signature } = filter ?? {};
  return (
    (isAcknowledged == null || isAcknowledged === (delivery.acknowledgedAt != null)) &&
    (isDuplicate == null || isDuplicate === (delivery.duplicateOf != null)) &&
    (signature == null || signature === delivery.signature)
  );
}
