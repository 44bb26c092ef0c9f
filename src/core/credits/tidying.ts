import type { Credits } from '#core/credits/credits';
import type { Db } from '#core/db';

const WORKSPACES_PER_LOOK = 1_000;
const LOOK_INTERVAL_MS = 1_000;

/** Workspaces where something is due, the longest due first. */
async function findDue(db: Db): Promise<string[]> {
  const due = await db.$queryRaw<{ workspaceId: string }[]>`
    SELECT workspace_id AS "workspaceId" FROM balance WHERE next_due_at <= clock_timestamp()
    ORDER BY next_due_at LIMIT ${WORKSPACES_PER_LOOK}::int`;
  return due.map(({ workspaceId }) => workspaceId);
}

/**
 * Tidies once a second where something is due, beside other processes that do the same. Nothing rests on it being in time: each
 * decision and each reading of a balance looks at the clock itself.
 */
export class Tidying {
  readonly #db: Db;
  readonly #credits: Pick<Credits, 'tidy'>;
  readonly #onError: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #look: Promise<void> | null = null;

  constructor({ db, credits, onError }: { db: Db; credits: Pick<Credits, 'tidy'>; onError: (error: unknown) => void }) {
    this.#db = db;
    this.#credits = credits;
    this.#onError = onError;
    this.#timer = setInterval(() => {
      this.#look ??= this.#lookOnce();
    }, LOOK_INTERVAL_MS).unref();
  }

  /** Stops; resolves when what runs has ended. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look;
  }

  async #lookOnce(): Promise<void> {
    try {
      const due = await findDue(this.#db);
      await Promise.all(due.map((workspaceId) => this.#credits.tidy(workspaceId)));
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#look = null;
    }
  }
}
