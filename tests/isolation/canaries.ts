import { randomBytes } from 'node:crypto';

/** Every number of a watched tenant's entries and events lies in this range, and no other tenant's does. */
export const CANARY_NUMBERS = { from: 100_000, to: 120_000 };

/** Every amount of a watched tenant ends in these millionths, and no other tenant's does. */
export const CANARY_MILLIONTHS = 137_291n;

const AMOUNT = `.${CANARY_MILLIONTHS}`;
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const WORDS = new RegExp(
  `zq[0-9a-f]{8}|[a-z]+_[0-9a-hjkmnp-tv-z]{26}|${UUID}|cp_(?:live|test)_[0-9A-Za-z]{4}|"[0-9A-Za-z]{4}"|\\.[0-9]{6}(?=")|c1:[0-9]{6}\\b|"[0-9]{6}"`,
  'g',
);
const ENCODED = /[A-Za-z0-9_-]{7,}/g;

/** What nobody outside a tenant may ever read, and a reader that finds it in whatever an answer consists of. */
export class Canaries {
  readonly #words = new Set<string>([AMOUNT]);

  /** A new word that stands nowhere else; names, addresses and tags are made of it. */
  mark(): string {
    const word = `zq${randomBytes(4).toString('hex')}`;
    this.#words.add(word);
    return word;
  }

  /** Watches ids, both as they are stored and as they are shown. */
  add(...words: readonly string[]): void {
    for (const word of words) this.#words.add(word);
  }

  /** The four last characters of a secret, which are too short to be watched for but as a whole value. */
  addEnding(secret: string): void {
    this.add(secret.slice(0, 12), `"${secret.slice(-4)}"`);
  }

  /** What an answer shows and its request did not say. */
  leaksIn(answer: string, request: string): string[] {
    const decoded = (answer.match(ENCODED) ?? []).map((text) => Buffer.from(text, 'base64url').toString('latin1'));
    const words = [answer, ...decoded.filter((text) => text.startsWith('c1:'))].flatMap(
      (text) => text.match(WORDS) ?? [],
    );
    return [...new Set(words)].filter((word) => this.#isWatched(word) && !request.includes(word));
  }

  #isWatched(word: string): boolean {
    const number = Number(/^(?:c1:|")([0-9]{6})"?$/.exec(word)?.[1]);
    return this.#words.has(word) || (number >= CANARY_NUMBERS.from && number <= CANARY_NUMBERS.to);
  }
}
