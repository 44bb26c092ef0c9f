import type { BalanceEvent, UsageEvent } from '#client/feeds';
import type { StreamState } from '#client/streams';
import type { Balance, UsageEntry } from '#client/usage';

/** What a watcher knows at one moment. */
export interface WatchModel {
  workspaceName: string;
  state: StreamState;
  /** Why the connection was lost; null while it is not. */
  cause: string | null;
  balance: Balance | null;
  /** Newest first. */
  calls: readonly UsageEntry[];
}

/** Shows a model as it changes. Every event is told once and in the order of its own stream. */
export interface WatchView {
  onState(model: WatchModel): void;
  onBalance(model: WatchModel, event: BalanceEvent): void;
  onCall(model: WatchModel, event: Extract<UsageEvent, { __typename: 'UsageChange' }>): void;
  /** Gives the terminal back. */
  close(): void;
}
