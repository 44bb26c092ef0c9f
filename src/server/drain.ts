import type { ServerResponse } from 'node:http';

/** Resolves when the client has read what was written, or is gone. */
export function hasDrained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
    if (response.destroyed) settle();
  });
}

/** A thousand goodbyes take a second, and all together no more than five. */
const GOODBYES_AT_ONCE_MIN = 20;
const GOODBYE_PAUSE_MS = 20;
const GOODBYES_MS_MAX = 5_000;

/** Says goodbye to a few at a time: the servers that stay must not get all of their clients at once. */
export async function partOneByOne<Client>(clients: readonly Client[], part: (client: Client) => void): Promise<void> {
  const atOnce = Math.max(Math.ceil((clients.length * GOODBYE_PAUSE_MS) / GOODBYES_MS_MAX), GOODBYES_AT_ONCE_MIN);
  for (let start = 0; start < clients.length; start += atOnce) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, GOODBYE_PAUSE_MS));
    clients.slice(start, start + atOnce).forEach(part);
  }
}

/** Answers that may go on for ever, such as server-sent events, which the server ends when it stops. */
export class OpenAnswers {
  readonly #ends = new Set<() => void>();
  #isClosing = false;

  /** @returns what to call when the answer is over by itself. */
  add(end: () => void): () => void {
    this.#ends.add(end);
    // A server that stops begins nothing that would have to be ended at once.
    if (this.#isClosing) end();
    return () => this.#ends.delete(end);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await partOneByOne([...this.#ends], (end) => end());
  }
}
