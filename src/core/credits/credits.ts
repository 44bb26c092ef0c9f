import type { Permit } from '#core/access/permit';
import type { Command, Decided } from '#core/credits/command';
import { recordUsage, type RecordedUsage, type RecordUsageInput } from '#core/credits/debits';
import { Decider } from '#core/credits/decider';
import { Dispatcher } from '#core/credits/dispatcher';
import { grantCredits, type GrantCreditsInput, type GrantedCredits } from '#core/credits/grants';
import type { Db } from '#core/db';
import type { Bus } from '#core/events/bus';

/**
 * Every way in which a workspace's credits change: decided exactly once per idempotency key, never below zero, durable
 * when it returns. All throw Unavailable (outcome unknown, or nothing decided: retry with the same key) and
 * IdempotencyConflict beside their own.
 */
export interface Credits {
  /** See `recordUsage` in debits.ts. */
  recordUsage(permit: Permit<'usage:write'>, input: RecordUsageInput): Promise<RecordedUsage>;
  /** See `grantCredits` in grants.ts. */
  grantCredits(permit: Permit<'credits:grant'>, input: GrantCreditsInput): Promise<GrantedCredits>;
}

/** The credits of one database: gathers what comes at once, decides it with one transaction, commits, then tells the bus. */
export function openCredits({ db, bus }: { db: Db; bus: Bus }): Credits {
  const decider = new Decider(db, (workspaceId, seq) => bus.publish({ kind: 'credits', workspaceId, seq }));
  const dispatcher = new Dispatcher(decider);
  const decide = <Answer extends Decided>(command: Command<Answer>) => dispatcher.submit(command);
  return {
    recordUsage: async (permit, input) => decide(recordUsage(permit, input)),
    grantCredits: async (permit, input) => decide(grantCredits(permit, input)),
  };
}
