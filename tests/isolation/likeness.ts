import type { Answer } from './transports.ts';

/** Values that no two runs of one operation share: what was made, when, and which number it got, and where longer ids shift it. */
const FLEETING: readonly [pattern: RegExp, replacement: string][] = [
  [/"requestId":"[^"]*"/g, '"requestId":""'],
  [/made-by-chance(?:-[0-9a-z]{5})?/g, '<slug>'],
  [/"column":\d+/g, '"column":0'],
  [/event_[0-9a-z]{26}_\d+|usage_[0-9a-z]{26}_\d+|\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b/g, '<id>'],
  [/cp_(?:live|test)_[0-9A-Za-z]+/g, '<secret>'],
  [/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"'],
  [/"YzE6[A-Za-z0-9_-]+"/g, '"<cursor>"'],
  [/"(a\d+_\w*[lL]astUsed\w*)":(?:null|"<time>")/g, '"$1":"<time>"'],
];

/** What a change answers with of the caller's own: the next change finds other numbers. */
const CHANGING = /"(a\d+_(?:lastFour|prefix|slug|seq|available\w*|held|total|number|secret|email))":(?:null|"[^"]*")/g;

/** Counters of requests, which each request moves. */
const COUNTERS = /^((?:x-)?ratelimit[\w-]*|retry-after): .*$/gim;

/** An answer without the names that its request brought, to be held against another. */
export function bare({ status, headers, body }: Answer, names: readonly string[], isChange: boolean): string {
  let text = `${status}\n${headers.replaceAll(COUNTERS, '$1: <count>')}\n${body}`;
  // Ids first: one that was asked for may also be known from elsewhere, as a colleague's is.
  for (const [pattern, replacement] of FLEETING) text = text.replaceAll(pattern, replacement);
  for (const [index, name] of names.entries()) if (name.length > 3) text = text.replaceAll(name, `<hole ${index}>`);
  // Errors come in the order in which they arose.
  text = text.replace(/"errors":\[(.*?\})\](?=[,}])/s, (_, errors: string) => errors.split('},{').toSorted().join());
  return isChange ? text.replaceAll(CHANGING, '"$1":"<change>"') : text;
}

/** What came of the same question about two things; alike while some answer of the one was one of the other's too. */
export class Likeness {
  readonly #one = new Set<string>();
  readonly #other = new Set<string>();

  /** @returns whether the two are alike by now. */
  add(one: string, other: string): boolean {
    this.#one.add(one);
    this.#other.add(other);
    return [...this.#one].some((text) => this.#other.has(text));
  }

  describe(): string {
    return `${[...this.#one].join('\n')}\n--- but of what never was\n${[...this.#other].join('\n')}`;
  }
}
