import { randomUUID } from 'node:crypto';
import { type Bus, endOf, type Hint, isNews, logOf } from '#core/events/bus';

/** What carries texts between processes. It delivers to whoever listens now, and may lose them. */
export interface Carrier {
  /** Resolves when the text is on its way. Rejects when it may not be, after a few seconds at most. */
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
/** A little longer than carriers wait themselves: one that hangs all the same keeps no process from ending. */
const CLOSE_STEP_MS = 4_000;

/**
 * A bus of many processes: told here at once, and to the others through a carrier. Hints of one workspace that wait
 * together go as one, the newest.
 */
export class HintRelay implements Bus {
  readonly #local: Bus;
  readonly #carrier: Carrier;
  readonly #sender = randomUUID();
  readonly #pending = new Map<string, Hint>();
  #timer: NodeJS.Timeout | null = null;
  /** The sending under way, or the last one. */
  #turn: Promise<void> | null = null;
  #isClosed = false;

  /** @param local The bus of this process, which the relay closes with itself. */
  constructor(local: Bus, openCarrier: (events: CarrierEvents) => Carrier) {
    this.#local = local;
    this.#carrier = openCarrier({
      onText: (text) => {
        for (const hint of readHints(text, this.#sender)) local.publish(hint);
      },
      onBack: () => local.publish({ kind: 'lost' }),
    });
  }

  publish(hint: Hint): void {
    this.#local.publish(hint);
    this.#queue(hint);
    this.#schedule(GATHER_MS);
  }

  publishHere(hint: Hint): void {
    this.#local.publishHere(hint);
  }

  subscribe(listener: (hint: Hint) => void): () => void {
    return this.#local.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    // It stops after the text that it is at, and leaves the others here.
    await soon(this.#turn);
    // What takes a right away is worth a last try: all at once, since each may be waited for.
    const texts = textsOf([...this.#pending.values()], this.#sender);
    await soon(Promise.all(texts.map(({ text }) => this.#isTaken(text))));
    await soon(this.#carrier.close());
    await this.#local.close();
  }

  #queue(hint: Hint): void {
    const name = nameOf(hint);
    const waiting = this.#pending.get(name);
    if (waiting && isNews(waiting) && isNews(hint) && endOf(waiting) >= endOf(hint)) return;
    this.#pending.set(name, hint);
    if (this.#pending.size <= PENDING_MAX) return;
    this.#pending.clear();
    this.#pending.set('lost', { kind: 'lost' });
  }

  #schedule(delayMs: number): void {
    if (this.#timer === null && !this.#isClosed)
      this.#timer = setTimeout(() => void (this.#turn = this.#send()), delayMs).unref();
  }

  async #send(): Promise<void> {
    const hints = [...this.#pending.values()];
    this.#pending.clear();
    let isTaken = true;
    for (const { text, carried } of textsOf(hints, this.#sender)) {
      isTaken &&= !this.#isClosed && (await this.#isTaken(text));
      // What was not taken goes again, or when the relay closes.
      if (!isTaken) for (const hint of carried) this.#queue(hint);
    }
    // Kept until here, so that what comes meanwhile waits for this turn to end.
    this.#timer = null;
    if (this.#pending.size > 0) this.#schedule(isTaken ? GATHER_MS : RETRY_MS);
  }

  /** Whether the carrier has it now; it says itself, where people look, why not. */
  #isTaken(text: string): Promise<boolean> {
    return this.#carrier.send(text).then(
      () => true,
      () => false,
    );
  }
}

/** When something is done, or is not to be waited for any longer. */
function soon(done: Promise<unknown> | null): Promise<unknown> {
  return Promise.race([done, new Promise((resolve) => setTimeout(resolve, CLOSE_STEP_MS).unref())]);
}

function nameOf(hint: Hint): string {
  if (hint.kind === 'session') return `session ${hint.sessionId}`;
  if (isNews(hint)) return `${hint.kind} ${logOf(hint)}`;
  return hint.kind === 'lost' ? hint.kind : `${hint.kind} ${hint.workspaceId}`;
}

interface Text {
  text: string;
  carried: readonly Hint[];
}

/** Hints as few texts, each a JSON list: who sends, then the hints. */
function textsOf(hints: readonly Hint[], sender: string): Text[] {
  const texts: Text[] = [];
  let [items, carried, length]: [string[], Hint[], number] = [[], [], 0];
  const finish = (): void => {
    if (items.length > 0) texts.push({ text: `[${[JSON.stringify(sender), ...items].join(',')}]`, carried });
    [items, carried, length] = [[], [], 0];
  };
  for (const hint of hints) {
    const item = JSON.stringify(hint, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    if (length + item.length > TEXT_LENGTH_MAX) finish();
    items.push(item);
    carried.push(hint);
    length += item.length + 1;
  }
  finish();
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

const NUMBER = /^\d{1,18}$/;

function readHint(item: unknown): Hint | null {
  if (typeof item !== 'object' || item === null) return null;
  const { kind, workspaceId, sessionId, inboxId, seq, number } = item as Record<string, unknown>;
  if (kind === 'lost') return { kind };
  if (kind === 'session' && typeof sessionId === 'string') return { kind, sessionId };
  if (typeof workspaceId !== 'string') return null;
  if (kind === 'access') return { kind, workspaceId };
  if (kind === 'credits' && isNumber(seq)) return { kind, workspaceId, seq: BigInt(seq) };
  if (kind === 'events' && isNumber(number)) return { kind, workspaceId, number: BigInt(number) };
  if (kind === 'inbox' && typeof inboxId === 'string' && isNumber(number))
    return { kind, workspaceId, inboxId, number: BigInt(number) };
  return null;
}

function isNumber(value: unknown): value is string {
  return typeof value === 'string' && NUMBER.test(value);
}
