/** The state of a workspace's credits and rights at one moment. Amounts are micro-credits. */
export interface FeedHead {
  workspaceId: string;
  seq: bigint;
  available: bigint;
  held: bigint;
  /** Grows whenever somebody may have lost a right. */
  accessVersion: number;
}

/** Where the feed reads its truth; hints only say when to look. */
export interface FeedReader<Row extends { seq: bigint }> {
  heads(workspaceIds: readonly string[]): Promise<FeedHead[]>;
  /** At most `limit` rows with a greater seq, in order of seq. */
  rowsAfter(workspaceId: string, seq: bigint, limit: number): Promise<Row[]>;
}
