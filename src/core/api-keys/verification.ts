import { LRUCache } from 'lru-cache';
import type { ApiKeyActor, Quota } from '#core/access/actor';
import { type LookupGuard, OPEN } from '#core/access/lookup-guard';
import { readSecretPrefix } from '#core/access/secret';
import { Endings } from '#core/api-keys/endings';
import { findKeys, type FoundKey } from '#core/api-keys/key-lookup';
import { addressLists, type KeyRefusal, refusalError, refusalOf, type Usable } from '#core/api-keys/refusals';
import { heldScopes } from '#core/api-keys/scopes';
import { earliest, expiryOf } from '#core/api-keys/state';
import type { Db } from '#core/db';
import { Unauthenticated } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { sha256 } from '#lib/canonical-json';
import { GroupedReads } from '#lib/grouped-reads';
import { InFlight } from '#lib/in-flight';

const KEYS_CACHED_MAX = 50_000;

/** A change that another process made and whose hint was lost is seen after this long; debits re-read the key anyway. */
const CACHE_TTL_MS = 5_000;

export interface KnownKey extends Usable {
  actor: ApiKeyActor;
}

/** What the text of a key turns out to be. */
export type Verdict = { refusal: null; key: KnownKey } | { refusal: KeyRefusal; key: KnownKey | null };

/**
 * Turns the text of an API key into its actor, warm ones without touching the database. The cache may refuse early but
 * never allows a debit alone: the debit's transaction reads the key's state again.
 */
export class KeyVerifier {
  /** By the hash of the secret. */
  readonly #known = new LRUCache<string, KnownKey>({ max: KEYS_CACHED_MAX, ttl: CACHE_TTL_MS });
  /** Many keys that come at once are looked up together; a thousand sockets that come back with one key look it up once. */
  readonly #reads: GroupedReads<FoundKey>;
  readonly #loads = new InFlight();
  readonly #endings: Endings;
  readonly #noteUse: (actor: ApiKeyActor) => void;
  readonly #guard: LookupGuard;
  readonly #unsubscribe: () => void;
  /** Grows with every clearing, so that a read begun before a revocation cannot fill the cache after it. */
  #generation = 0;

  /** @param options.noteUse Told of every use of a key that works; it must not wait for anything. */
  constructor(
    db: Db,
    bus: Bus,
    { noteUse = () => undefined, guard = OPEN }: { noteUse?: (actor: ApiKeyActor) => void; guard?: LookupGuard } = {},
  ) {
    this.#reads = new GroupedReads((hashes) => findKeys(db, hashes));
    this.#guard = guard;
    this.#noteUse = noteUse;
    this.#endings = new Endings(bus);
    this.#unsubscribe = bus.subscribe((hint) => {
      if (hint.kind === 'access') this.forget(hint.workspaceId);
      else if (hint.kind === 'lost') this.#forgetAll();
    });
  }

  /**
   * @param wasLetIn Whether it was right when it came: to be asked about again is no guess.
   * @throws Unauthenticated, naming what is wrong with the credential but nothing about the workspace; RateLimited.
   */
  async verify(text: string, address: string | null, wasLetIn = false): Promise<ApiKeyActor> {
    if (readSecretPrefix(text) === null) {
      throw new Unauthenticated('This is not a Commonpurse API key: check that it was copied whole.');
    }
    const { refusal, key } = await this.judge(text, address, wasLetIn);
    if (refusal !== null) throw refusalError(refusal);
    return { ...key.actor, address };
  }

  /** Whether a text works as an API key from an address, and whose key it is as far as there is one. */
  async judge(text: string, address: string | null, wasLetIn = false): Promise<Verdict> {
    if (readSecretPrefix(text) === null) return { refusal: 'UNKNOWN', key: null };
    const hash = Buffer.from(sha256(text)).toString('hex');
    const key = this.#known.get(hash) ?? (await this.#lookUp(hash, wasLetIn ? OPEN : this.#guard, address));
    if (!key) return { refusal: 'UNKNOWN', key };
    const refusal = refusalOf(key, { at: new Date(), address });
    if (refusal !== null) return { refusal, key };
    this.#noteUse(key.actor);
    return { refusal, key };
  }

  /** Drops what is known about a workspace's keys. */
  forget(workspaceId: string): void {
    this.#generation++;
    for (const [hash, key] of this.#known.entries()) {
      if (key.actor.workspaceId === workspaceId) this.#known.delete(hash);
    }
  }

  #forgetAll(): void {
    this.#generation++;
    this.#known.clear();
  }

  close(): void {
    this.#unsubscribe();
    this.#endings.close();
  }

  async #lookUp(hash: string, guard: LookupGuard, address: string | null): Promise<KnownKey | null> {
    await guard.before(address);
    // What was looked up before a change is no answer to who asks after it.
    const key = await this.#loads.share(`${this.#generation} ${hash}`, () => this.#load(hash));
    if (!key) guard.failed(address);
    return key;
  }

  async #load(hash: string): Promise<KnownKey | null> {
    const generation = this.#generation;
    const found = await this.#reads.of(hash);
    if (!found) return null;
    const { secret, role, parent } = found;
    const known: KnownKey = {
      actor: {
        kind: 'API_KEY',
        address: null,
        apiKeyId: found.id,
        secretId: secret.id,
        workspaceId: found.workspaceId,
        memberId: found.memberId,
        environment: found.environment,
        scopes: heldScopes(found),
        ceiling: role,
        expiresAt: earliest(expiryOf(found), secret.expiresAt),
        quotas: quotasOf(found),
      },
      expiresAt: found.expiresAt,
      disabledAt: found.disabledAt,
      revokedAt: found.revokedAt,
      parent,
      secretExpiresAt: secret.expiresAt,
      allowedAddresses: addressLists(found, parent),
    };
    this.#endings.watch(hash, { workspaceId: found.workspaceId, at: known.actor.expiresAt });
    if (generation === this.#generation) this.#known.set(hash, known);
    return known;
  }
}

function quotasOf({ parent, workspaceId, plan, ...key }: FoundKey): Quota[] {
  const own = (parent ? [key, parent] : [key]).flatMap(({ id, requestsPerMinute }) =>
    requestsPerMinute === null ? [] : [{ bucket: `key:${id}`, perMinute: requestsPerMinute }],
  );
  return [{ bucket: `workspace:${workspaceId}`, perMinute: plan.requestsPerMinute }, ...own];
}
