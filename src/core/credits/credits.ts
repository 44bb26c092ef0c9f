import type { Permit } from '#core/access/permit';
import { recordUsage, type RecordedUsage, type RecordUsageInput } from '#core/credits/debits';
import { grantCredits, type GrantCreditsInput, type GrantedCredits } from '#core/credits/grants';
import type { Db } from '#core/db';
import type { Bus } from '#core/events/bus';

/** Every way in which a workspace's credits change. Callers cannot tell whether decisions are made one by one or in batches. */
export interface Credits {
  /** See `recordUsage` in debits.ts. */
  recordUsage(permit: Permit<'usage:write'>, input: RecordUsageInput): Promise<RecordedUsage>;
  /** See `grantCredits` in grants.ts. */
  grantCredits(permit: Permit<'credits:grant'>, input: GrantCreditsInput): Promise<GrantedCredits>;
}

/** The credits of one database: commits first, tells the bus afterwards. */
export function openCredits({ db, bus }: { db: Db; bus: Bus }): Credits {
  const told = async <T extends { entry: { workspaceId: string; seq: bigint }; replayed: boolean }>(
    deciding: Promise<T>,
  ): Promise<T> => {
    const decided = await deciding;
    const { workspaceId, seq } = decided.entry;
    if (!decided.replayed) bus.publish({ kind: 'credits', workspaceId, seq });
    return decided;
  };
  return {
    recordUsage: (permit, input) => told(recordUsage(db, permit, input)),
    grantCredits: (permit, input) => told(grantCredits(db, permit, input)),
  };
}
