import {
  BalanceChangedDocument,
  type BalanceChangedSubscription,
  UsageRecordedDocument,
  type UsageRecordedSubscription,
} from './generated/graphql.ts';
import type { Feed } from './streams.ts';

/** FeedSnapshot: the state when the stream began. FeedReset: what was missed cannot be replayed; begin again from here. */
export type BalanceEvent = BalanceChangedSubscription['balanceChanged'];
export type UsageEvent = Exclude<UsageRecordedSubscription['usageRecorded'], { __typename: 'FeedBookmark' }>;

export const balanceFeed: Feed<BalanceEvent> = {
  query: BalanceChangedDocument.toString(),
  eventOf: (data) => (data as BalanceChangedSubscription).balanceChanged,
};

export const usageFeed: Feed<UsageEvent> = {
  query: UsageRecordedDocument.toString(),
  eventOf: (data) => (data as { usageRecorded: UsageEvent }).usageRecorded,
};
