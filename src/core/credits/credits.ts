import type { Permit } from '#core/access/permit';
import { recordUsage, type RecordedUsage, type RecordUsageInput } from '#core/credits/debits';
import { grantCredits, type GrantCreditsInput, type GrantedCredits } from '#core/credits/grants';
import type { Db } from '#core/db';
import { Unavailable } from '#core/errors';
import type { Bus } from '#core/events/bus';
import { KeyedQueue, QueueFull } from '#lib/keyed-queue';

/** Every way in which a workspace's credits change. Callers cannot tell whether decisions are made one by one or in batches. */
export interface Credits {
  /** See `recordUsage` in debits.ts. */
  recordUsage(permit: Permit<'usage:write'>, input: RecordUsageInput): Promise<RecordedUsage>;
  /** See `grantCredits` in grants.ts. */
  grantCredits(permit: Permit<'credits:grant'>, input: GrantCreditsInput): Promise<GrantedCredits>;
}

/** Decisions that may wait for one workspace; beyond it a call is refused before anything is decided. */
const WAITING_MAX = 1_000;

/**
 * The credits of one database: decides one call at a time per workspace, commits, then tells the bus. The balance row's
 * lock is what makes it right; the queue keeps a busy workspace's callers from holding every connection while they wait
 * for that lock.
 */
export function openCredits({ db, bus }: { db: Db; bus: Bus }): Credits {
  const queue = new KeyedQueue(WAITING_MAX);
  const decide = async <T extends Decided>(workspaceId: string, decision: () => Promise<T>): Promise<T> => {
    const decided = await queue.run(workspaceId, decision).catch((error: unknown) => {
      throw error instanceof QueueFull ? new Unavailable(OVERLOADED) : error;
    });
    if (!decided.replayed) bus.publish({ kind: 'credits', workspaceId, seq: decided.entry.seq });
    return decided;
  };
  return {
    recordUsage: (permit, input) => decide(permit.workspaceId, () => recordUsage(db, permit, input)),
    grantCredits: (permit, input) => decide(permit.workspaceId, () => grantCredits(db, permit, input)),
  };
}

const OVERLOADED =
  'Too many calls of this workspace are waiting; nothing was decided. Retry with the same idempotency key.';

interface Decided {
  entry: { seq: bigint };
  replayed: boolean;
}
