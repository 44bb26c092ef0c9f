import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { SealBroken, type Sealer } from '#core/sealing';

export interface SealingKeys {
  /** 32 bytes; seals from now on. */
  current: Buffer;
  /** Those before, which still open. */
  previous?: readonly Buffer[];
}

// A sealed value: format, key id, nonce, tag, and what is sealed.
const FORMAT = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** Seals with AES-256-GCM. A value carries the id of its key, so that a new key can be used while the old ones still open. */
export function openAesSealer({ current, previous = [] }: SealingKeys): Sealer {
  const keys = new Map([...previous, current].map((key) => [keyIdFor(key), key]));
  const keyId = keyIdFor(current);
  return {
    keyId,
    knownKeyIds: [...keys.keys()],
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current, nonce);
      cipher.setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const head = [Buffer.of(FORMAT), Buffer.from(keyId, 'hex'), nonce, cipher.getAuthTag()];
      return new Uint8Array(Buffer.concat([...head, body]));
    },
    open(sealed, purpose) {
      const id = readKeyId(sealed);
      const key = keys.get(id ?? '');
      if (!key) throw new SealBroken(`A secret was sealed with a key that is not known (${id ?? 'no sealed value'}).`);
      const bytes = Buffer.from(sealed);
      const nonceAt = 1 + KEY_ID_BYTES;
      const tagAt = nonceAt + NONCE_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, tagAt), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(tagAt, HEAD_BYTES));
      try {
        return decipher.update(bytes.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        // The library says only that it could not; why must not be told apart from outside anyway.
        throw new SealBroken(`A secret sealed with the key ${id} was changed, or belongs elsewhere.`);
      }
    },
    keyIdOf: readKeyId,
  };
}

function readKeyId(sealed: Uint8Array): string | null {
  if (sealed[0] !== FORMAT || sealed.length < HEAD_BYTES) return null;
  return Buffer.from(sealed.subarray(1, 1 + KEY_ID_BYTES)).toString('hex');
}

function keyIdFor(key: Buffer): string {
  if (key.length !== 32) throw new TypeError('A sealing key has 32 bytes.');
  return createHash('sha256')
    .update('commonpurse sealing key\n')
    .update(key)
    .digest('hex')
    .slice(0, 2 * KEY_ID_BYTES);
}
