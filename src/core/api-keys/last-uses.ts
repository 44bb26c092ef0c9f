import type { ApiKeyActor } from '#core/access/actor';
import { type Db, now } from '#core/db';

/** A crash forgets the uses of this long at most. */
const FLUSH_INTERVAL_MS = 10_000;

/** More secrets than this within one interval, and the rest go unrecorded: no caller waits for bookkeeping. */
const SECRETS_MAX = 50_000;

/** Few enough for one statement's time limit. */
const BATCH_SIZE = 5_000;

/** When keys and their secrets were last used: kept in memory, written now and then, one statement for many keys. */
export class LastUses {
  readonly #db: Db;
  readonly #onError: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #uses = new Map<string, Date>();
  #flushing: Promise<void> = Promise.resolve();

  constructor({ db, onError }: { db: Db; onError: (error: unknown) => void }) {
    this.#db = db;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  note({ secretId }: Pick<ApiKeyActor, 'secretId'>): void {
    if (this.#uses.size < SECRETS_MAX || this.#uses.has(secretId)) this.#uses.set(secretId, now());
  }

  /** Writes what was noted so far. A write that fails is reported and its uses are lost. */
  flush(): Promise<void> {
    const uses = [...this.#uses];
    this.#uses = new Map();
    this.#flushing = this.#flushing.then(() => this.#write(uses)).catch(this.#onError);
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(uses: readonly [secretId: string, at: Date][]): Promise<void> {
    for (let start = 0; start < uses.length; start += BATCH_SIZE) {
      const batch = uses.slice(start, start + BATCH_SIZE);
      const [ids, times] = [batch.map(([id]) => id), batch.map(([, at]) => at)];
      // Keys are locked in order and before their secrets, as rotation does: nothing waits in a circle.
      await this.#db.$executeRaw`
        WITH used AS (
          SELECT s.id, s.api_key_id, u.at
          FROM unnest(${ids}::uuid[], ${times}::timestamptz[]) AS u (id, at) JOIN api_key_secret s USING (id)
        ), keys AS MATERIALIZED (
          SELECT id FROM api_key WHERE id IN (SELECT api_key_id FROM used) ORDER BY id FOR NO KEY UPDATE
        ), secrets AS (
          UPDATE api_key_secret s SET last_used_at = greatest(s.last_used_at, used.at)
          FROM used JOIN keys ON keys.id = used.api_key_id WHERE s.id = used.id
        )
        UPDATE api_key k SET last_used_at = greatest(k.last_used_at, latest.at)
        FROM (SELECT api_key_id, max(at) AS at FROM used GROUP BY api_key_id) latest JOIN keys ON keys.id = latest.api_key_id
        WHERE k.id = latest.api_key_id`;
    }
  }
}
