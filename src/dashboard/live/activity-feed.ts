import { useEffect } from 'react';
import { useSubscription } from 'urql';
import { refresh, refreshOnceSettled } from '../api/refreshes.ts';
import { ActivityDocument } from '../generated/graphql.ts';
import { hint } from './hints.ts';

/** What decides who sees what, and from when on the balance is low: after these the shell itself is read again. */
const SHELL_EVENTS = /^(member|workspace|alert)\./;

/** Follows what else happens in the workspace: keys, members, invitations. Pages that show it read it again. */
export function useActivityFeed(workspaceId: string): void {
  const [{ data }] = useSubscription({ query: ActivityDocument, variables: { workspaceId } });
  const event = data?.activity;
  useEffect(() => {
    if (!event) return;
    if (event.__typename === 'ActivityChange') (SHELL_EVENTS.test(event.type) ? refresh : hint)();
    else refreshOnceSettled();
  }, [event]);
}
