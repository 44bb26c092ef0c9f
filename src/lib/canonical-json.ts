import { hash } from 'node:crypto';

/** JSON with sorted keys and bigints as strings, so that equal inputs give equal bytes whatever order they came in. */
export function canonicalJson(value: unknown): string {
  // Sorted beforehand: a replacer is called for every value, and makes this the dearest part of a debit.
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Date) return value.toJSON();
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** SHA-256 of the text or bytes. */
export function sha256(data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', data, 'buffer'));
}

/** SHA-256 of the canonical JSON: two requests with one hash ask for the same thing. */
export function hashOf(value: unknown): Uint8Array<ArrayBuffer> {
  return sha256(canonicalJson(value));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
