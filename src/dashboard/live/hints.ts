/** At a busy workspace what a page shows is read again at most this often. */
const PAUSE_MS = 2_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let toldAt = 0;

function tell(): void {
  timer = undefined;
  toldAt = Date.now();
  for (const listener of listeners) listener();
}

/** Something happened in the workspace that is shown: what may depend on it is read again soon. */
export function hint(): void {
  timer ??= setTimeout(tell, Math.max(0, toldAt + PAUSE_MS - Date.now()));
}

export function onHint(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
