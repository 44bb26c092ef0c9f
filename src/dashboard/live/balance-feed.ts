import { useEffect, useSyncExternalStore } from 'react';
import { useSubscription } from 'urql';
import { refresh } from '../api/refreshes.ts';
import { type ConnectionState, readConnection, subscribeToConnection } from '../api/socket.ts';
import { BalanceChangedDocument } from '../generated/graphql.ts';
import { offerBalance } from './balances.ts';
import { hint } from './hints.ts';

/** Follows the balance of the workspace that is shown. One subscription for the whole page. */
export function useBalanceFeed(workspaceId: string): void {
  const [{ data, error }] = useSubscription({ query: BalanceChangedDocument, variables: { workspaceId } });
  const event = data?.balanceChanged;
  useEffect(() => {
    if (!event) return;
    offerBalance(workspaceId, event.balance);
    if (event.__typename !== 'FeedSnapshot') hint();
  }, [event, workspaceId]);
  // The server ends the stream of whoever lost their place here; what they may still see is read again.
  useEffect(() => {
    if (error) refresh();
  }, [error]);
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribeToConnection, readConnection);
}
