import { createHmac, timingSafeEqual } from 'node:crypto';

/** A delivery as its signature sees it. */
export interface SignedMessage {
  /** As it came: a byte more or less, and the signature is another. */
  body: Uint8Array;
  /** The value of a header that came exactly once; null otherwise, since which of two counts would be a guess. */
  readonly header: (name: string) => string | null;
  /** When it came. */
  receivedAt: Date;
}

/** How one provider signs what it sends. Pure; a provider is one file with one of these, and its line in providers.ts. */
export interface SignatureScheme {
  /** What a secret of this provider looks like, to end the sentence "secret must be ...". */
  secretRule: string;
  isSecret(text: string): boolean;
  /** Whether the provider sent it, lately where it says when. Takes as long for a near miss as for a far one. */
  verify(message: SignedMessage, secret: string): boolean;
  /** The provider's own name for the event, the same each time that it sends it. Asked only of what is verified. */
  eventId(message: SignedMessage): string | null;
  /** What to answer to a question that the provider asks before it sends anything; null for everything else. */
  challenge?(message: SignedMessage): string | null;
}

/** A signature older than this, or from further ahead, is somebody's recording. The schemes themselves recommend it. */
const TOLERANCE_MS = 5 * 60_000;

/** More than any provider sends while it changes its secret; checking each takes time. */
const SIGNATURES_MAX = 10;

/** The HMAC-SHA256 of the parts, one after another. */
export function hmacOf(key: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether one of the signatures is the expected one, in a time that does not depend on which, or on how much of it fits. */
export function isAmong(signatures: readonly string[], expected: Buffer, encoding: 'hex' | 'base64'): boolean {
  // Written out and not decoded: a decoder takes several texts for the same bytes.
  const wanted = Buffer.from(expected.toString(encoding));
  let isFound = false;
  for (const signature of signatures.slice(0, SIGNATURES_MAX)) {
    const given = Buffer.from(encoding === 'hex' ? signature.toLowerCase() : signature);
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) isFound = true;
  }
  return isFound;
}

/** Whether a time in seconds since 1970 is within five minutes of the arrival. */
export function isRecent(seconds: string | null | undefined, receivedAt: Date): seconds is string {
  if (seconds == null || !/^\d{1,12}$/.test(seconds)) return false;
  return Math.abs(receivedAt.getTime() - Number(seconds) * 1_000) <= TOLERANCE_MS;
}

/** A text at the top of a JSON object; null when there is none, or no such object. */
export function textIn(body: Uint8Array, name: string): string | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    const text = (value as Record<string, unknown>)[name];
    return typeof text === 'string' ? text : null;
  } catch {
    // Not JSON: then it names nothing.
    return null;
  }
}
