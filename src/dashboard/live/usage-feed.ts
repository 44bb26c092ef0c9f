import { useEffect, useRef } from 'react';
import { useClient } from 'urql';
import { refreshOnceSettled } from '../api/refreshes.ts';
import { type CallFieldsFragment, type UsageFilter, UsageRecordedDocument } from '../generated/graphql.ts';

interface Handlers {
  /** The stream has lost its place: what a page shows is read now, and everything later is told. */
  onReset: () => void;
  onCall: (call: CallFieldsFragment) => void;
}

interface Followed {
  workspaceId: string;
  filter?: UsageFilter | null;
  isPaused?: boolean;
}

/** Follows the calls of a workspace, each once and in order; after an interruption it goes on where it was. */
export function useUsageFeed({ workspaceId, filter = null, isPaused = false }: Followed, handlers: Handlers): void {
  const client = useClient();
  const newest = useRef(handlers);
  useEffect(() => {
    newest.current = handlers;
  });
  // A filter is a new object at every render.
  const asked = JSON.stringify({ workspaceId, filter });
  useEffect(() => {
    if (isPaused) return undefined;
    const variables = JSON.parse(asked) as { workspaceId: string; filter: UsageFilter | null };
    const subscription = client.subscription(UsageRecordedDocument, variables).subscribe(({ data }) => {
      const event = data?.usageRecorded;
      if (!event) return;
      if (event.__typename === 'UsageChange') newest.current.onCall(event.usageEntry);
      else if (event.__typename === 'FeedReset') newest.current.onReset();
      else if (event.__typename === 'FeedSnapshot') refreshOnceSettled();
    });
    return () => subscription.unsubscribe();
  }, [client, asked, isPaused]);
}
