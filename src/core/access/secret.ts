import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from '#lib/base62';
import { sha256 } from '#lib/canonical-json';

/**
 * Text of every credential we mint: prefix, 32 random base62 characters (190 bits) and the CRC-32 of all before as six
 * base62 digits. The checksum lets a typo or a scanner's false hit be rejected without a query; it protects nothing.
 */
const SECRET_PREFIXES = ['cp_live_', 'cp_test_', 'cp_op_'] as const;
export type SecretPrefix = (typeof SECRET_PREFIXES)[number];

const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const SECRET_TEXT = /^(cp_live_|cp_test_|cp_op_)[0-9A-Za-z]{38}$/;

/** A freshly minted credential: `text` is shown once and never stored. */
export interface MintedSecret {
  text: string;
  hash: Uint8Array<ArrayBuffer>;
  /** Start of the text that lists may show: the prefix and four random characters. */
  prefix: string;
  lastFour: string;
}

/** A new credential from the operating system's generator of random numbers. */
export function mintSecret(prefix: SecretPrefix): MintedSecret {
  const body = prefix + randomBase62(RANDOM_LENGTH);
  const text = body + checksum(body);
  return { text, hash: sha256(text), prefix: text.slice(0, prefix.length + 4), lastFour: text.slice(-4) };
}

/** The prefix of a well-formed credential whose checksum holds, or null. */
export function readSecretPrefix(text: string): SecretPrefix | null {
  const match = SECRET_TEXT.exec(text);
  if (!match || checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return match[1] as SecretPrefix;
}

function checksum(body: string): string {
  return toBase62(crc32(body), CHECKSUM_LENGTH);
}
