/** A page has drawn what it read first by then. */
const SETTLE_MS = 1_500;
/** A page that comes back into view reads again, but not at every glance. */
const GLANCE_MS = 5_000;

const listeners = new Set<() => void>();
let refreshedAt = 0;

/** Asks whatever is on the page to read itself again: after a reconnect, when the window is looked at again, after a hint. */
export function refresh(): void {
  refreshedAt = Date.now();
  for (const listener of listeners) listener();
}

let settling: ReturnType<typeof setTimeout> | undefined;

/** A stream has begun: what happened between the first reading and its first word is in neither, so once more, soon. */
export function refreshOnceSettled(): void {
  settling ??= setTimeout(() => {
    settling = undefined;
    refresh();
  }, SETTLE_MS);
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
