import { useSyncExternalStore } from 'react';
import { isNewer } from '../api/seq.ts';
import { microOf } from '../ui/micro.ts';

export interface LiveBalance {
  available: string;
  held: string;
  total: string;
  /** Number of the last decision that it includes. */
  seq: string;
}

const balances = new Map<string, LiveBalance>();
const listeners = new Set<() => void>();

/** Takes a balance from wherever it came, unless a newer one is known: the number never runs backwards. */
export function offerBalance(workspaceId: string, balance: LiveBalance): void {
  const known = balances.get(workspaceId);
  if (known && !isNewer(balance.seq, known.seq)) return;
  balances.set(workspaceId, balance);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The newest balance known; undefined before the first. */
export function useBalance(workspaceId: string): LiveBalance | undefined {
  return useSyncExternalStore(subscribe, () => balances.get(workspaceId));
}

/** EMPTY: nothing can be spent. LOW: below what the workspace's balance alerts name. */
export type BalanceLevel = 'EMPTY' | 'LOW' | 'FINE';

export function levelOf(available: string, threshold: string | null | undefined): BalanceLevel {
  const micro = microOf(available);
  if (micro <= 0n) return 'EMPTY';
  return threshold != null && micro < microOf(threshold) ? 'LOW' : 'FINE';
}
