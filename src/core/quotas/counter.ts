import type { Counts } from '#core/quotas/window';

/** Counts of buckets by window, as adapters keep them. A window's count need be kept for two minutes. */
export interface WindowCounter {
  /** Adds to a bucket in a window, less than nothing to give back, 0 to look. Answers what is counted then. Never throws. */
  add(bucket: string, window: number, cost: number): Promise<Counted>;
  close(): Promise<void>;
}

export interface Counted extends Counts {
  /** Whether all nodes count together; else each counts alone and takes its share of a limit. */
  isShared: boolean;
}
