/** More than this waiting for one operation to end is no client's way to work; nothing piles up. */
const WAITING_MAX = 100;

/**
 * Hands a socket's messages to the library of the protocol. An id that is used again right after its operation was
 * completed waits until that one has ended: the library tells the two apart by nothing but the id, and would end the
 * new one with the old.
 */
export class OperationTurns {
  readonly #receive: (text: string) => Promise<void>;
  readonly #completeStream: (id: string) => boolean;
  /** Operations under way, by id. */
  readonly #running = new Map<string, Promise<unknown>>();
  /** Those that their client has completed, until they have ended. */
  #leaving: Map<string, Promise<unknown>> | null = null;
  #waiting = 0;

  /** @param completeStream Ends a stream that is no longer the library's; says whether there was one. */
  constructor(receive: (text: string) => Promise<void>, completeStream: (id: string) => boolean) {
    this.#receive = receive;
    this.#completeStream = completeStream;
  }

  /** Rejects for a message that the library does not take. */
  take(text: string): Promise<void> {
    const message = readMessage(text);
    if (!message) return this.#receive(text);
    if (message.type === 'complete' && this.#completeStream(message.id)) return Promise.resolve();
    return this.#leaving?.has(message.id) ? this.#wait(text, message) : this.#pass(text, message);
  }

  async #wait(text: string, message: OperationMessage): Promise<void> {
    if (this.#waiting === WAITING_MAX) throw new Error('Too much waits for the end of an operation.');
    this.#waiting++;
    // What waits for one end goes on in the order in which it came.
    while (this.#leaving?.has(message.id)) await this.#leaving.get(message.id);
    this.#waiting--;
    return this.#pass(text, message);
  }

  #pass(text: string, { type, id }: OperationMessage): Promise<void> {
    const received = this.#receive(text);
    if (type === 'subscribe') {
      const forget = (): void => this.#forget(id, ended);
      const ended = received.then(forget, forget);
      this.#running.set(id, ended);
    } else {
      const running = this.#running.get(id);
      if (running) (this.#leaving ??= new Map()).set(id, running);
    }
    return received;
  }

  #forget(id: string, ended: Promise<void>): void {
    if (this.#running.get(id) === ended) this.#running.delete(id);
    if (this.#leaving?.get(id) === ended) this.#leaving.delete(id);
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
