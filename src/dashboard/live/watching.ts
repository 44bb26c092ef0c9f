import { useEffect } from 'react';
import { onHint } from './hints.ts';

const PAUSE_MS = 4_000;

/** For what no stream tells, as attempts of deliveries: read again after each hint, and every few seconds while somebody looks. */
export function useWatching(again: () => void, isOn = true): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const stopHints = onHint(again);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') again();
    }, PAUSE_MS);
    return () => {
      stopHints();
      clearInterval(timer);
    };
  }, [again, isOn]);
}
