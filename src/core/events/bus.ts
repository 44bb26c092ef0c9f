/**
 * What travels between a writer and the readers in this process or others: hints, never facts. A reader that gets one
 * reads the database with its own rights; a hint that is lost is made up for by the feed's one-second poll.
 */
export type Hint =
  /** Decisions up to `seq` are committed. */
  | { kind: 'credits'; workspaceId: string; seq: bigint }
  /** Events up to `number` are committed. */
  | { kind: 'events'; workspaceId: string; number: bigint }
  /** Deliveries of an inbox up to `number` are stored. */
  | { kind: 'inbox'; workspaceId: string; inboxId: string; number: bigint }
  /** Somebody lost a right in this workspace: check again. */
  | { kind: 'access'; workspaceId: string }
  /** A session ended. */
  | { kind: 'session'; sessionId: string }
  /** Hints may have been lost on their way: whatever was remembered of rights or of the feed is to be read anew. */
  | { kind: 'lost' };

/** That a log has grown, as opposed to what may have taken a right away. */
export type News = Extract<Hint, { kind: 'credits' | 'events' | 'inbox' }>;

/** Whether a hint concerns nobody's rights. */
export function isNews(hint: Hint): hint is News {
  return hint.kind === 'credits' || hint.kind === 'events' || hint.kind === 'inbox';
}

/** Which log has grown: a workspace has one of most kinds. */
export function logOf(news: News): string {
  return news.kind === 'inbox' ? news.inboxId : news.workspaceId;
}

/** Up to which number of its log a hint tells of what is committed. */
export function endOf(news: News): bigint {
  return news.kind === 'credits' ? news.seq : news.number;
}

export interface Bus {
  /** Tells everyone, after the commit. Never throws and never waits. */
  publish(hint: Hint): void;
  /** Tells this process alone: of what the others find out for themselves. Never throws and never waits. */
  publishHere(hint: Hint): void;
  /** Listens until the returned function is called. */
  subscribe(listener: (hint: Hint) => void): () => void;
  close(): Promise<void>;
}
