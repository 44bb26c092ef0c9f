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

/** A sealed value where it is kept. */
export interface SealedValue {
  sealed: Uint8Array;
  /** What it was sealed for. */
  purpose: string;
  /** Puts another in its place, unless it changed since it was read. */
  replace(sealed: Uint8Array<ArrayBuffer>): Promise<unknown>;
}

/** Reads the rows after an id, in order, with the sealed values of each: for whoever seals them anew. */
export type SealedRows = (
  db: Db,
  page: { after: string; take: number },
) => Promise<{ id: string; values: readonly SealedValue[] }[]>;

const ROWS_AT_ONCE = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
/** A server that was started before a change of keys seals with the old one until it is started again. */
const FORGET_AFTER_MS = 24 * 3_600_000;

/**
 * Seals with the newest key whatever is sealed with another. An old key is forgotten once a day has passed since the change
 * and nothing is found under it, so that it need not be in SEALING_KEYS_PREVIOUS any more.
 * @throws SealBroken when there was something that could not be opened; all the rest is sealed anew.
 */
export async function sealAnew(db: Db, sealer: Sealer, places: readonly SealedRows[]): Promise<void> {
  const keys = await db.sealingKey.findMany({ orderBy: { createdAt: 'desc' } });
  const [newest, ...old] = keys;
  // A server that still seals with an old key must not undo what the others did.
  if (newest?.id !== sealer.keyId || old.length === 0) return;
  const found = new Set<string | null>();
  const broken: unknown[] = [];
  for (const read of places) {
    for await (const value of valuesOf(db, read)) {
      const keyId = sealer.keyIdOf(value.sealed);
      if (keyId === sealer.keyId) continue;
      found.add(keyId);
      try {
        await value.replace(sealer.seal(sealer.open(value.sealed, value.purpose), value.purpose));
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
        broken.push(error);
      }
    }
  }
  if (broken.length > 0) throw broken[0];
  if (now().getTime() - newest.createdAt.getTime() < FORGET_AFTER_MS) return;
  const unused = old.map(({ id }) => id).filter((id) => !found.has(id));
  await db.sealingKey.deleteMany({ where: { id: { in: unused } } });
}

async function* valuesOf(db: Db, read: SealedRows): AsyncGenerator<SealedValue> {
  for (let after = BEFORE_ALL; ;) {
    const rows = await read(db, { after, take: ROWS_AT_ONCE });
    for (const { values } of rows) yield* values;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last.id;
  }
}
