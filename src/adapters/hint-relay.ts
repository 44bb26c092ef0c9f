import { randomUUID } from 'node:crypto';
import { openMemoryBus } from '#adapters/memory-bus';
import type { Bus, Hint } from '#core/events/bus';

/** What carries texts between processes. It delivers to whoever listens now, and may lose them. */
export interface Carrier {
  /** Resolves when the text is on its way. Rejects when it may not be. */
  send(text: string): Promise<void>;
  close(): Promise<void>;
}

export interface CarrierEvents {
  /** A text that some process sent, this one included. */
  onText: (text: string) => void;
  /** Listening again after a break. */
  onBack: () => void;
}

/** PostgreSQL carries less than 8,000 bytes at a time. */
const TEXT_LENGTH_MAX = 7_000;
/** Waiting for the carrier; beyond it everyone is told to look again instead. */
const PENDING_MAX = 10_000;
const GATHER_MS = 5;
const RETRY_MS = 500;

/**
 * A bus of many processes: told here at once, and to the others through a carrier. Hints of one workspace that wait
 * together go as one, the newest.
 * @param options.onError Told what a listener threw.
 */
export function openHintRelay(
  openCarrier: (events: CarrierEvents) => Carrier,
  { onError }: { onError: (error: unknown) => void },
): Bus {
  const local = openMemoryBus(onError);
  const sender = randomUUID();
  const pending = new Map<string, Hint>();
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  const carrier = openCarrier({
    onText(text) {
      for (const hint of readHints(text, sender)) local.publish(hint);
    },
    onBack: () => local.publish({ kind: 'lost' }),
  });

  const queue = (hint: Hint): void => {
    const name = nameOf(hint);
    const waiting = pending.get(name);
    if (waiting?.kind === 'credits' && hint.kind === 'credits' && waiting.seq >= hint.seq) return;
    pending.set(name, hint);
    if (pending.size <= PENDING_MAX) return;
    pending.clear();
    pending.set('lost', { kind: 'lost' });
  };
  const schedule = (delayMs: number): void => {
    if (timer === null && !isClosed) timer = setTimeout(() => void send(), delayMs).unref();
  };
  const send = async (): Promise<void> => {
    const hints = [...pending.values()];
    pending.clear();
    let hasFailed = false;
    for (const [text, carried] of textsOf(hints, sender)) {
      try {
        if (!hasFailed) await carrier.send(text);
      } catch {
        // The carrier says so where people look; what it did not take goes again.
        hasFailed = true;
      }
      if (hasFailed) carried.forEach(queue);
    }
    // Kept until here, so that what comes meanwhile waits for this turn to end.
    timer = null;
    if (pending.size > 0) schedule(hasFailed ? RETRY_MS : GATHER_MS);
  };

  return {
    publish(hint) {
      local.publish(hint);
      queue(hint);
      schedule(GATHER_MS);
    },
    subscribe: (listener) => local.subscribe(listener),
    async close() {
      isClosed = true;
      if (timer) clearTimeout(timer);
      // What takes a right away is worth a last try.
      for (const [text] of textsOf([...pending.values()], sender)) await carrier.send(text).catch(() => undefined);
      await carrier.close();
      await local.close();
    },
  };
}

function nameOf(hint: Hint): string {
  if (hint.kind === 'session') return `session ${hint.sessionId}`;
  return hint.kind === 'lost' ? hint.kind : `${hint.kind} ${hint.workspaceId}`;
}

/** Hints as few texts, each a JSON list: who sends, then one list a hint. */
function textsOf(hints: readonly Hint[], sender: string): [text: string, carried: Hint[]][] {
  const texts: [string, Hint[]][] = [];
  for (const hint of hints) {
    const item = JSON.stringify(hint, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    const last = texts.at(-1);
    if (last && last[0].length + item.length < TEXT_LENGTH_MAX) {
      last[0] = `${last[0].slice(0, -1)},${item}]`;
      last[1].push(hint);
    } else texts.push([`[${JSON.stringify(sender)},${item}]`, [hint]]);
  }
  return texts;
}

/** Hints of other processes. One of another version may say what this one does not know: that is passed over. */
function readHints(text: string, self: string): Hint[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not of ours: others may use the same channel.
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  const [sender, ...items] = parsed as unknown[];
  return sender === self ? [] : items.flatMap((item) => readHint(item) ?? []);
}

const SEQ = /^\d{1,18}$/;

function readHint(item: unknown): Hint | null {
  if (typeof item !== 'object' || item === null) return null;
  const { kind, workspaceId, sessionId, seq } = item as Record<string, unknown>;
  if (kind === 'lost') return { kind };
  if (kind === 'session' && typeof sessionId === 'string') return { kind, sessionId };
  if (typeof workspaceId !== 'string') return null;
  if (kind === 'access') return { kind, workspaceId };
  if (kind === 'credits' && typeof seq === 'string' && SEQ.test(seq)) return { kind, workspaceId, seq: BigInt(seq) };
  return null;
}
