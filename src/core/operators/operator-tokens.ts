import { LRUCache } from 'lru-cache';
import type { OperatorActor } from '#core/access/actor';
import { type LookupGuard, OPEN } from '#core/access/lookup-guard';
import { mintSecret, readSecretPrefix } from '#core/access/secret';
import { type Db, now } from '#core/db';
import { Unauthenticated } from '#core/errors';
import { newId } from '#core/ids';
import { checkName } from '#core/names';
import { sha256 } from '#lib/canonical-json';

/** Mints an operator token; its text is returned once and only its hash is stored. @throws ValidationFailed */
export async function createOperatorToken(
  db: Db,
  input: { name: string },
): Promise<{ operatorTokenId: string; text: string }> {
  const name = checkName(input.name, ['name']);
  const secret = mintSecret('cp_op_');
  const token = await db.operatorToken.create({
    data: { id: newId(), name, hash: secret.hash, lastFour: secret.lastFour, createdAt: now() },
  });
  return { operatorTokenId: token.id, text: secret.text };
}

const TOKENS_CACHED_MAX = 100;

/** A token that was revoked in the database keeps working for this long at most. */
const CACHE_TTL_MS = 1_000;

/** Turns the text of an operator token into its actor; a gateway that sends it with every call costs one query a second. */
export class OperatorVerifier {
  readonly #db: Db;
  readonly #guard: LookupGuard;
  readonly #known = new LRUCache<string, string>({ max: TOKENS_CACHED_MAX, ttl: CACHE_TTL_MS });

  constructor(db: Db, guard: LookupGuard = OPEN) {
    this.#db = db;
    this.#guard = guard;
  }

  /**
   * @param wasLetIn Whether it was right when it came: to be asked about again is no guess.
   * @throws Unauthenticated for anything but a live operator token, RateLimited.
   */
  async verify(text: string, address: string | null, wasLetIn = false): Promise<OperatorActor> {
    if (readSecretPrefix(text) !== 'cp_op_')
      throw new Unauthenticated('This is not an operator token: check that it was copied whole.');
    const hash = sha256(text);
    const cacheKey = Buffer.from(hash).toString('base64');
    const known = this.#known.get(cacheKey);
    if (known !== undefined) return { kind: 'OPERATOR', operatorTokenId: known, address };
    const guard = wasLetIn ? OPEN : this.#guard;
    await guard.before(address);
    const token = await this.#db.operatorToken.findUnique({ where: { hash } });
    if (!token || token.revokedAt || (token.expiresAt && token.expiresAt <= now())) {
      guard.failed(address);
      throw new Unauthenticated(
        'This operator token is unknown, has expired or was revoked: mint one with `commonpurse operator-token`.',
      );
    }
    this.#known.set(cacheKey, token.id);
    return { kind: 'OPERATOR', operatorTokenId: token.id, address };
  }
}
