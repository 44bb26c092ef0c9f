import type { Caller } from '#server/callers';
import type { LiveSubscription } from '#server/live-subscription';

/** What every transport hands over with an operation. */
export interface ServerContext {
  caller: Caller;
  transport: 'http' | 'socket';
  /** Takes a subscription that has begun, to run it itself; without it, a subscription is an iterable of results. */
  takeLive?: (subscription: LiveSubscription) => void;
  /** The id of the last event that a reader of server-sent events has, as it says when it comes back. */
  lastEventId?: string | undefined;
}
