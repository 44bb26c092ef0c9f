import { LRUCache } from 'lru-cache';
import type { ApiKeyActor } from '#core/access/actor';
import { readSecretPrefix } from '#core/access/secret';
import { Endings } from '#core/api-keys/endings';
import { heldScopes } from '#core/api-keys/scopes';
import { apiKeyState, earliest, expiryOf, type Lineage } from '#core/api-keys/state';
import type { Db } from '#core/db';
import { CredentialExpired, Unauthenticated } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { sha256 } from '#lib/canonical-json';

const KEYS_CACHED_MAX = 50_000;

/** A change that another process made and whose hint was lost is seen after this long; debits re-read the key anyway. */
const CACHE_TTL_MS = 5_000;

interface KnownKey extends Lineage {
  actor: ApiKeyActor;
  secretExpiresAt: Date | null;
}

/**
 * Turns the text of an API key into its actor, warm ones without touching the database. The cache may refuse early but
 * never allows a debit alone: the debit's transaction reads the key's state again.
 */
export class KeyVerifier {
  readonly #db: Db;
  readonly #known = new LRUCache<string, KnownKey>({ max: KEYS_CACHED_MAX, ttl: CACHE_TTL_MS });
  readonly #endings: Endings;
  readonly #unsubscribe: () => void;
  /** Grows with every clearing, so that a read begun before a revocation cannot fill the cache after it. */
  #generation = 0;

  constructor(db: Db, bus: Bus) {
    this.#db = db;
    this.#endings = new Endings(bus);
    this.#unsubscribe = bus.subscribe((hint) => {
      if (hint.kind === 'access') this.forget(hint.workspaceId);
    });
  }

  /** @throws Unauthenticated, naming what is wrong with the credential but nothing about the workspace. */
  async verify(text: string, address: string | null): Promise<ApiKeyActor> {
    if (readSecretPrefix(text) === null) {
      throw new Unauthenticated('This is not a Commonpurse API key: check that it was copied whole.');
    }
    const hash = sha256(text);
    const cacheKey = Buffer.from(hash).toString('base64');
    const key = this.#known.get(cacheKey) ?? (await this.#load(hash, cacheKey));
    const state = key && apiKeyState(key, new Date());
    // One message for absent, revoked and disabled keys: a guess learns nothing from it.
    if (!key || state === 'REVOKED' || state === 'DISABLED') {
      throw new Unauthenticated('This API key is unknown or was revoked: create another one.');
    }
    if (state === 'EXPIRED') throw new CredentialExpired('This API key has expired: create another one.');
    if (key.secretExpiresAt !== null && key.secretExpiresAt <= new Date()) {
      throw new CredentialExpired('This secret was replaced by a rotation and has ended: use the newer one.');
    }
    return { ...key.actor, address };
  }

  /** Drops what is known about a workspace's keys. */
  forget(workspaceId: string): void {
    this.#generation++;
    for (const [cacheKey, key] of this.#known.entries()) {
      if (key.actor.workspaceId === workspaceId) this.#known.delete(cacheKey);
    }
  }

  close(): void {
    this.#unsubscribe();
    this.#endings.close();
  }

  async #load(hash: Uint8Array<ArrayBuffer>, cacheKey: string): Promise<KnownKey | null> {
    const generation = this.#generation;
    const secret = await this.#db.apiKeySecret.findUnique({
      where: { hash },
      include: { apiKey: { include: { member: true, workspace: true, parent: true } } },
    });
    if (!secret || secret.apiKey.workspace.deletedAt) return null;
    const { apiKey } = secret;
    const known: KnownKey = {
      actor: {
        kind: 'API_KEY',
        address: null,
        apiKeyId: apiKey.id,
        secretId: secret.id,
        workspaceId: apiKey.workspaceId,
        memberId: apiKey.memberId,
        environment: apiKey.environment,
        scopes: heldScopes(apiKey),
        ceiling: apiKey.member.role,
        expiresAt: earliest(expiryOf(apiKey), secret.expiresAt),
      },
      expiresAt: apiKey.expiresAt,
      disabledAt: apiKey.disabledAt,
      revokedAt: apiKey.revokedAt,
      parent: apiKey.parent,
      secretExpiresAt: secret.expiresAt,
    };
    this.#endings.watch(cacheKey, { workspaceId: apiKey.workspaceId, at: known.actor.expiresAt });
    if (generation === this.#generation) this.#known.set(cacheKey, known);
    return known;
  }
}
