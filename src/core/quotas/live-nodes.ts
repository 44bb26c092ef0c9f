import type { Db } from '#core/db';
import { newId } from '#core/ids';

const HEARTBEAT_MS = 10_000;
/** A process that was not seen for this long serves no more. */
const ALIVE_MS = 35_000;

/** How many processes serve over one database: each says that it does, and counts who said so lately, by the database's clock. */
export class LiveNodes {
  readonly #db: Db;
  readonly #id = newId();
  readonly #onError: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #count = 1;

  constructor({ db, onError }: { db: Db; onError: (error: unknown) => void }) {
    this.#db = db;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  /** Processes that serve, this one included; as of the last heartbeat. */
  get count(): number {
    return this.#count;
  }

  /** Says that this process serves and counts anew. Never throws: an unreachable database changes no count. */
  async beat(): Promise<void> {
    try {
      await this.#db.$executeRaw`
        INSERT INTO live_node (id, seen_at) VALUES (${this.#id}::uuid, clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`;
      const [row] = await this.#db.$queryRaw<{ count: number }[]>`
        WITH gone AS (DELETE FROM live_node WHERE seen_at < clock_timestamp() - make_interval(secs => 3600))
        SELECT count(*)::int AS count FROM live_node
        WHERE seen_at > clock_timestamp() - make_interval(secs => ${ALIVE_MS / 1_000}::float8)`;
      this.#count = Math.max(1, row?.count ?? 1);
    } catch (error) {
      this.#onError(error);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#db.liveNode.deleteMany({ where: { id: this.#id } }).catch(this.#onError);
  }
}
