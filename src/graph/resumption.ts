import { ValidationFailed } from '#core/errors';
import type { Context } from '#graph/context';

/** Where a reader of server-sent events that comes back goes on; null for whoever says nothing of it. @throws ValidationFailed */
export function resumedFrom<Cursor>({ lastEventId }: Context, read: (text: string) => Cursor | null): Cursor | null {
  if (lastEventId === null) return null;
  const cursor = read(lastEventId);
  if (cursor === null)
    throw new ValidationFailed(
      'Last-Event-ID is not the id of an event of this stream: leave it out to begin anew.',
      [],
    );
  return cursor;
}

/** A seq as the id of an event, or null when the text is anything else. */
export function readSeq(text: string): bigint | null {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : null;
}
