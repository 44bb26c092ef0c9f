import { useEffect, useRef } from 'react';
import type { CallFieldsFragment, UsageFilter } from '../generated/graphql.ts';
import { hint } from './hints.ts';
import { useUsageFeed } from './usage-feed.ts';

/** However many calls come, the page is drawn this often at most. */
const DRAW_MS = 150;

interface Tailed {
  workspaceId: string;
  filter?: UsageFilter | null;
  isPaused?: boolean;
}

interface List {
  add: (calls: readonly CallFieldsFragment[]) => void;
  again: () => void;
}

/** Puts each new call on top of a list. */
export function useCallTail(tailed: Tailed, list: List): void {
  const waiting = useRef<CallFieldsFragment[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const newest = useRef(list);
  useEffect(() => {
    newest.current = list;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const draw = (): void => {
    timer.current = undefined;
    newest.current.add(waiting.current.splice(0));
  };
  useUsageFeed(tailed, {
    onReset: list.again,
    onCall: (call) => {
      waiting.current.push(call);
      timer.current ??= setTimeout(draw, DRAW_MS);
      // Calls that cost nothing change no balance, and what counts calls is read again all the same.
      hint();
    },
  });
}
