/** More than this waiting for one operation to end is no client's way to work; nothing piles up. */
const WAITING_MAX = 100;

/**
 * Hands a socket's messages to the library of the protocol. An id that is used again right after its operation was
 * completed waits until that one has ended: the library tells the two apart by nothing but the id, and would end the
 * new one with the old.
 */
export class OperationTurns {
  readonly #receive: (text: string) => Promise<void>;
  /** Operations under way, by id. */
  readonly #running = new Map<string, Promise<unknown>>();
  /** Those that their client has completed, until they have ended. */
  readonly #leaving = new Map<string, Promise<unknown>>();
  #waiting = 0;

  constructor(receive: (text: string) => Promise<void>) {
    this.#receive = receive;
  }

  /** Rejects for a message that the library does not take. */
  async take(text: string): Promise<void> {
    const message = readMessage(text);
    if (!message) return this.#receive(text);
    if (!this.#leaving.has(message.id)) return this.#pass(text, message);
    if (this.#waiting === WAITING_MAX) throw new Error('Too much waits for the end of an operation.');
    this.#waiting++;
    // What waits for one end goes on in the order in which it came.
    while (this.#leaving.has(message.id)) await this.#leaving.get(message.id);
    this.#waiting--;
    return this.#pass(text, message);
  }

  async #pass(text: string, { type, id }: OperationMessage): Promise<void> {
    const received = this.#receive(text);
    const ended = received.catch(() => undefined);
    if (type === 'subscribe') {
      this.#running.set(id, ended);
      void ended.then(() => this.#running.get(id) === ended && this.#running.delete(id));
    } else {
      const running = this.#running.get(id);
      if (running) {
        this.#leaving.set(id, running);
        void running.then(() => this.#leaving.get(id) === running && this.#leaving.delete(id));
      }
    }
    return received;
  }
}

interface OperationMessage {
  type: 'subscribe' | 'complete';
  id: string;
}

/** A message about an operation; null for every other, and for what is none. */
function readMessage(text: string): OperationMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // The library says what is wrong with it.
    return null;
  }
  if (typeof message !== 'object' || message === null) return null;
  const { type, id } = message as Record<string, unknown>;
  return (type === 'subscribe' || type === 'complete') && typeof id === 'string' ? { type, id } : null;
}
