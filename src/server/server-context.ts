import type { Caller } from '#server/callers';

/** What every transport hands over with an operation. */
export interface ServerContext {
  caller: Caller;
  transport: 'http' | 'socket';
}
