import { useEffect, useState } from 'react';

/** However busy the page is, nothing waits longer. */
const WAIT_MAX_MS = 2_000;
/** Safari does not say when it is idle. */
const PAUSE_MS = 300;

/** Runs something once the page has nothing better to do. @returns what calls it off. */
function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const waiting = requestIdleCallback(run, { timeout: WAIT_MAX_MS });
    return () => cancelIdleCallback(waiting);
  }
  const timer = setTimeout(run, PAUSE_MS);
  return () => clearTimeout(timer);
}

/** Whether the page has been idle since this was first drawn: what the first look does not need waits for that. */
export function useIdle(): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => whenIdle(() => setIdle(true)), []);
  return isIdle;
}
