import type { EntryFieldsFragment, EntryKind, LedgerEntryQuery } from '../../generated/graphql.ts';

/** A decision with all that is known of it. */
export type Entry = NonNullable<NonNullable<LedgerEntryQuery['workspace']>['ledgerEntry']>;

export const KIND_NAMES: Record<EntryKind, string> = {
  USAGE: 'Call',
  CAPTURE: 'Call, paid by a hold',
  GRANT: 'Credits came in',
  REFUND: 'Call given back',
  ADJUSTMENT: 'Correction',
  HOLD: 'Held',
  RELEASE: 'Hold let go',
  EXPIRY: 'Grant expired',
  VOID: 'Grant ended',
};

/** Kinds that people look for together. */
export const KIND_GROUPS: readonly { value: string; text: string; kinds: EntryKind[] | null }[] = [
  { value: '', text: 'All', kinds: null },
  { value: 'calls', text: 'Calls', kinds: ['USAGE', 'CAPTURE'] },
  { value: 'in', text: 'Came in', kinds: ['GRANT', 'REFUND', 'ADJUSTMENT'] },
  { value: 'holds', text: 'Holds', kinds: ['HOLD', 'RELEASE'] },
  { value: 'ended', text: 'Ended', kinds: ['EXPIRY', 'VOID'] },
];

export function entryName({
  kind,
  usageEntry,
}: Pick<EntryFieldsFragment, 'kind'> & { usageEntry?: { operation?: string | null } | null }): string {
  return usageEntry?.operation ?? KIND_NAMES[kind];
}
