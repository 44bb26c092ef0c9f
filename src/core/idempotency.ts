import { type Db, inBatches, type Tx } from '#core/db';
import { IdempotencyConflict, ValidationFailed } from '#core/errors';
import { hashOf, sameBytes, sha256 } from '#lib/canonical-json';

const PRINTABLE_ASCII = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;

/** @throws ValidationFailed unless the key is 1 to 255 printable ASCII characters, the first no space. */
function checkIdempotencyKey(key: string): string {
  if (!PRINTABLE_ASCII.test(key)) {
    throw new ValidationFailed('idempotencyKey must be 1 to 255 printable ASCII characters; a UUID is a good one.', [
      'input',
      'idempotencyKey',
    ]);
  }
  return key;
}

/** How much is stored of a hash: enough to find a key, half the index of the whole. */
const HASH_BYTES = 16;

/** What is stored of an idempotency key. It covers the scope, so that equal keys of two workspaces are far apart. */
export function hashIdempotencyKey(scopeId: string, key: string): Uint8Array<ArrayBuffer> {
  const keyHash = sha256(checkIdempotencyKey(key)).subarray(0, HASH_BYTES);
  return sha256(Buffer.concat([Buffer.from(scopeId.replaceAll('-', ''), 'hex'), keyHash])).slice(0, HASH_BYTES);
}

export interface KeyedRequest {
  /** The workspace, or the user where no workspace exists yet. */
  scopeId: string;
  mutation: string;
  idempotencyKey: string;
  input: unknown;
}

/**
 * Runs a keyed mutation that writes no ledger row: the first call does the work and stores its answer in the same
 * transaction; each later one with the same input gets that answer back with `replayed: true`.
 * @param answer JSON of ids only, never a secret.
 * @throws IdempotencyConflict when the key was used with another input or mutation.
 */
export async function onceOnly<Answer extends Record<string, string>, Result>(
  tx: Tx,
  { scopeId, mutation, idempotencyKey, input }: KeyedRequest,
  steps: {
    work: () => Promise<Result>;
    answer: (result: Result) => Answer;
    replay: (answer: Answer) => Promise<Result>;
  },
): Promise<Result> {
  const keyHash = hashIdempotencyKey(scopeId, idempotencyKey);
  const requestHash = hashOf({ mutation, input });
  // The lock makes simultaneous first calls queue up, so that the loser reads the winner's answer and not a violation.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${scopeId}:${Buffer.from(keyHash).toString('hex')}`}, 0))`;
  const known = await tx.idempotencyRecord.findUnique({ where: { scopeId_keyHash: { scopeId, keyHash } } });
  if (known) {
    if (!sameBytes(known.requestHash, requestHash)) throw new IdempotencyConflict();
    return steps.replay(known.answer as Answer);
  }
  const result = await steps.work();
  await tx.idempotencyRecord.create({
    data: { scopeId, keyHash, mutation, requestHash, answer: steps.answer(result), createdAt: new Date() },
  });
  return result;
}

const DAY_MS = 24 * 3_600_000;

/** Deletes answers older than that: from then on their idempotency keys are free. Ledger entries keep theirs for ever. */
export async function forgetOldAnswers(db: Db, { days }: { days: number }): Promise<void> {
  const where = { createdAt: { lt: new Date(Date.now() - days * DAY_MS) } };
  await inBatches((limit) => db.idempotencyRecord.deleteMany({ where, limit }));
}
