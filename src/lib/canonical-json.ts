import { createHash } from 'node:crypto';

/** JSON with sorted keys and bigints as strings, so that equal inputs give equal bytes whatever order they came in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString();
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** SHA-256 of the text or bytes. */
export function sha256(data: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(data).digest());
}

/** SHA-256 of the canonical JSON: two requests with one hash ask for the same thing. */
export function hashOf(value: unknown): Uint8Array<ArrayBuffer> {
  return sha256(canonicalJson(value));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
