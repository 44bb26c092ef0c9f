import { useSyncExternalStore } from 'react';

/** What can lie over any page, one at a time. */
export type Overlay = 'palette' | 'shortcuts' | 'switcher' | 'create-workspace' | 'navigation';

let shown: Overlay | null = null;
const listeners = new Set<() => void>();

export function show(overlay: Overlay | null): void {
  shown = overlay;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useOverlay(): Overlay | null {
  return useSyncExternalStore(subscribe, () => shown);
}
