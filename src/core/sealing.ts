import { type Db, inTransaction, now } from '#core/db';

/** Keeps secrets at rest: what the database holds of them is of no use without the operator's key. */
export interface Sealer {
  /** Names the key that seals now; says nothing about it. */
  readonly keyId: string;
  /** Of every key that still opens, the one that seals now included. */
  readonly knownKeyIds: readonly string[];
  /** @param purpose What the value is, with the id of the row that holds it: opened for anything else it is refused. */
  seal(text: string, purpose: string): Uint8Array<ArrayBuffer>;
  /** @throws SealBroken when its key is not known, when it was changed, or when it was sealed for another purpose. */
  open(sealed: Uint8Array, purpose: string): string;
  /** Which key a value was sealed with; null when it is no sealed value. */
  keyIdOf(sealed: Uint8Array): string | null;
}

/** A stored secret that cannot be opened. Its message names the key, never the secret. */
export class SealBroken extends Error {
  override name = 'SealBroken';
}

/** The database knows secrets that the given keys do not open. */
export class WrongSealingKey extends Error {
  override name = 'WrongSealingKey';

  constructor(keyId: string) {
    super(
      `this database holds secrets sealed with the key ${keyId}, which is neither SEALING_KEY nor in SEALING_KEYS_PREVIOUS. Set the key back, or add it to SEALING_KEYS_PREVIOUS to seal with a new one from now on. Nothing was changed.`,
    );
  }
}

const CANARY = 'canary';

/**
 * Proves at the start, before anything is sealed, that every key this database was ever sealed with is at hand, and
 * notes the present one. A wrong key is found here and not when a webhook is due.
 * @throws WrongSealingKey, and then nothing was written.
 */
export async function checkSealingKeys(db: Db, sealer: Sealer): Promise<void> {
  await inTransaction(db, async (tx) => {
    // Two servers that begin with two keys on an empty database: the second has to see what the first noted.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('sealing keys', 0))`;
    const known = await tx.sealingKey.findMany({ orderBy: { createdAt: 'asc' } });
    for (const { id, canary } of known) {
      if (!sealer.knownKeyIds.includes(id)) throw new WrongSealingKey(id);
      sealer.open(canary, CANARY);
    }
    if (known.some(({ id }) => id === sealer.keyId)) return;
    await tx.sealingKey.create({
      data: { id: sealer.keyId, canary: sealer.seal(CANARY, CANARY), createdAt: now() },
    });
  });
}
