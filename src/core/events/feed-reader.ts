/** The end of one of a workspace's logs, and the state of rights there, at one moment. */
export interface LogHead {
  workspaceId: string;
  /** Which of the workspace's logs, where it has several of a kind; its one log goes by its own id. */
  logId?: string;
  seq: bigint;
  /** Rows up to that one are no longer kept; left out where all are. */
  startSeq?: bigint;
  /** Grows whenever somebody may have lost a right. */
  accessVersion: number;
}

/** The end of the ledger: the state of a workspace's credits too. Amounts are micro-credits. */
export interface FeedHead extends LogHead {
  available: bigint;
  held: bigint;
}

/** The id that a log is followed by. */
export function logIdOf({ workspaceId, logId }: LogHead): string {
  return logId ?? workspaceId;
}

/** Where the feed reads its truth; hints only say when to look. */
export interface FeedReader<Row extends { seq: bigint }, Head extends LogHead = FeedHead> {
  heads(logIds: readonly string[]): Promise<Head[]>;
  /** At most `limit` rows with a greater seq, in order of seq. */
  rowsAfter(logId: string, seq: bigint, limit: number): Promise<Row[]>;
}
