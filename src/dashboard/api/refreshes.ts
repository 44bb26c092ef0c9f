/** A page that comes back into view reads again, but not at every glance. */
const GLANCE_MS = 5_000;

const listeners = new Set<() => void>();
let refreshedAt = 0;

/** Asks whatever is on the page to read itself again: after a reconnect, when the window is looked at again, after a hint. */
export function refresh(): void {
  refreshedAt = Date.now();
  for (const listener of listeners) listener();
}

export function onRefresh(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function onGlance(): void {
  if (document.visibilityState === 'visible' && Date.now() - refreshedAt > GLANCE_MS) refresh();
}

addEventListener('focus', onGlance);
document.addEventListener('visibilitychange', onGlance);
