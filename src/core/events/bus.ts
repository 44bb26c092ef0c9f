/**
 * What travels between a writer and the readers in this process or others: hints, never facts. A reader that gets one
 * reads the database with its own rights; a hint that is lost is made up for by the feed's one-second poll.
 */
export type Hint =
  /** Decisions up to `seq` are committed. */
  | { kind: 'credits'; workspaceId: string; seq: bigint }
  /** Somebody lost a right in this workspace: check again. */
  | { kind: 'access'; workspaceId: string }
  /** A session ended. */
  | { kind: 'session'; sessionId: string }
  /** Hints may have been lost on their way: whatever was remembered of rights or of the feed is to be read anew. */
  | { kind: 'lost' };

export interface Bus {
  /** Tells everyone, after the commit. Never throws and never waits. */
  publish(hint: Hint): void;
  /** Listens until the returned function is called. */
  subscribe(listener: (hint: Hint) => void): () => void;
  close(): Promise<void>;
}
