import { useEffect, useRef } from 'react';
import { useClient } from 'urql';
import { type InboxDeliveryFieldsFragment, InboxReceivedDocument } from '../generated/graphql.ts';

/** However many events come, the page is drawn this often at most. */
const DRAW_MS = 150;

interface List {
  add: (deliveries: readonly InboxDeliveryFieldsFragment[]) => void;
  again: () => void;
}

/** Puts each new delivery of an inbox that belongs there on top of a list; after an interruption it goes on where it was. */
export function useInboxTail(
  inboxId: string,
  belongs: (delivery: InboxDeliveryFieldsFragment) => boolean,
  list: List,
): void {
  const client = useClient();
  const newest = useRef({ belongs, list });
  useEffect(() => {
    newest.current = { belongs, list };
  });
  useEffect(() => {
    const waiting: InboxDeliveryFieldsFragment[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      timer = undefined;
      newest.current.list.add(waiting.splice(0).filter(newest.current.belongs));
    };
    const subscription = client.subscription(InboxReceivedDocument, { inboxId }).subscribe(({ data }) => {
      const event = data?.inboxReceived;
      if (!event) return;
      // What came before the stream began, or is too much to be replayed, is read instead.
      if (event.__typename !== 'DeliveryReceived') return newest.current.list.again();
      if (event.delivery) waiting.push(event.delivery);
      timer ??= setTimeout(draw, DRAW_MS);
    });
    return () => {
      subscription.unsubscribe();
      clearTimeout(timer);
    };
  }, [client, inboxId]);
}
