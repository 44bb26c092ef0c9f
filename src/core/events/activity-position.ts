/** Up to which event and which decision about credits somebody has heard of everything. */
export interface ActivityPosition {
  number: bigint;
  seq: bigint;
}

const POSITION = /^a1:(0|[1-9]\d{0,17}):(0|[1-9]\d{0,17})$/;
const CURSOR_LENGTH_MAX = 128;

/** A position as the text that clients keep. Nothing in it is secret; that it is opaque lets its inside change. */
export function encodePosition({ number, seq }: ActivityPosition): string {
  return Buffer.from(`a1:${number}:${seq}`).toString('base64url');
}

/** The position in a text, or null when the text is anything else. */
export function decodePosition(cursor: string): ActivityPosition | null {
  if (cursor.length > CURSOR_LENGTH_MAX) return null;
  const [, number, seq] = POSITION.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return number === undefined || seq === undefined ? null : { number: BigInt(number), seq: BigInt(seq) };
}
