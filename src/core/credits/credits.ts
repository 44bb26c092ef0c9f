import type { Permit } from '#core/access/permit';
import { adjustCredits, type AdjustCreditsInput } from '#core/credits/adjustments';
import { captureHold, type CaptureHoldInput } from '#core/credits/captures';
import type { Command, Decided, DecidedWhole } from '#core/credits/command';
import { recordUsage, type RecordedUsage, type RecordUsageInput } from '#core/credits/debits';
import { Decider, type OnDecided } from '#core/credits/decider';
import { Dispatcher } from '#core/credits/dispatcher';
import {
  grantCredits,
  type GrantCreditsInput,
  type GrantedCredits,
  voidGrant,
  type VoidGrantInput,
} from '#core/credits/grants';
import type { HoldInput } from '#core/credits/hold-input';
import {
  createHold,
  type DecidedHold,
  extendHold,
  type ExtendHoldInput,
  releaseHold,
  type ReleaseHoldInput,
} from '#core/credits/holds';
import type { PayingKey } from '#core/credits/paying-key';
import { refuseDropped, refundUsage, type RefundUsageInput } from '#core/credits/refunds';
import { tidy } from '#core/credits/tidy';
import { recordEach, recordTogether, type RecordUsageBatchInput } from '#core/credits/usage-batch';
import { chargeWorkspace, type WorkspaceCharge } from '#core/credits/workspace-charges';
import type { Db } from '#core/db';
import type { Bus } from '#core/events/bus';

/**
 * Every way in which a workspace's credits change: decided exactly once per idempotency key, never below zero, durable
 * when it returns. All throw Unavailable (outcome unknown, or nothing decided: retry with the same key) and
 * IdempotencyConflict beside their own. Each is described where it is decided.
 */
export interface Credits {
  recordUsage(permit: Permit<'usage:write'>, input: RecordUsageInput): Promise<RecordedUsage>;
  /** Each call for itself; a refusal is the call's answer. */
  recordEach(permit: Permit<'usage:write'>, input: RecordUsageBatchInput): Promise<(RecordedUsage | Error)[]>;
  /** All calls or none. */
  recordTogether(permit: Permit<'usage:write'>, input: RecordUsageBatchInput): Promise<RecordedUsage[]>;
  createHold(permit: Permit<'holds:write'>, input: HoldInput & PayingKey): Promise<DecidedHold>;
  extendHold(permit: Permit<'holds:write'>, input: ExtendHoldInput): Promise<DecidedHold>;
  captureHold(permit: Permit<'holds:write'>, input: CaptureHoldInput): Promise<DecidedHold>;
  releaseHold(permit: Permit<'holds:write'>, input: ReleaseHoldInput): Promise<DecidedHold>;
  grantCredits(permit: Permit<'credits:grant'>, input: GrantCreditsInput): Promise<GrantedCredits>;
  voidGrant(permit: Permit<'credits:void'>, input: VoidGrantInput): Promise<Decided>;
  adjustCredits(permit: Permit<'credits:adjust'>, input: AdjustCreditsInput): Promise<Decided>;
  refundUsage(permit: Permit<'credits:refund'>, input: RefundUsageInput): Promise<DecidedWhole>;
  /** For what the service does by itself, such as keeping an event: no permit, since nobody asks. */
  chargeWorkspace(charge: WorkspaceCharge): Promise<RecordedUsage>;
  /** Writes what the clock alone has brought about in a workspace. */
  tidy(workspaceId: string): Promise<void>;
}

export interface CreditsOptions {
  db: Db;
  bus: Bus;
  /** Days that an idempotency key is remembered; 30 unless given. */
  idempotencyDays?: number;
  /** Told of what was committed before the bus is: whoever follows here need not read it. It must neither throw nor wait. */
  onDecided?: OnDecided;
}

/** The credits of one database: gathers what comes at once, decides it with one transaction, commits, then tells the bus. */
export function openCredits({ db, bus, idempotencyDays = 30, onDecided }: CreditsOptions): Credits {
  const decider = new Decider({
    db,
    rememberedDays: idempotencyDays,
    onDecided: (workspaceId, entries) => {
      onDecided?.(workspaceId, entries);
      bus.publish({ kind: 'credits', workspaceId, seq: entries.at(-1)?.seq ?? 0n });
    },
  });
  const dispatcher = new Dispatcher(decider);
  const decide = <Answer>(command: Command<Answer>): Promise<Answer> => dispatcher.submit(command);
  return {
    recordUsage: async (permit, input) => decide(recordUsage(permit, input)),
    recordEach: async (permit, input) => recordEach(decide, permit, input),
    recordTogether: async (permit, input) => decide(recordTogether(permit, input)),
    createHold: async (permit, input) => decide(createHold(permit, input)),
    extendHold: async (permit, input) => decide(extendHold(permit, input)),
    captureHold: async (permit, input) => decide(captureHold(permit, input)),
    releaseHold: async (permit, input) => decide(releaseHold(permit, input)),
    grantCredits: async (permit, input) => decide(grantCredits(permit, input)),
    voidGrant: async (permit, input) => decide(voidGrant(permit, input)),
    adjustCredits: async (permit, input) => decide(adjustCredits(permit, input)),
    refundUsage: async (permit, input) =>
      decide(refundUsage(permit, input)).catch((error: unknown) =>
        refuseDropped(db, { workspaceId: permit.workspaceId, seq: input.seq }, error),
      ),
    chargeWorkspace: async (charge) => decide(chargeWorkspace(charge)),
    tidy: async (workspaceId) => decide(tidy(workspaceId)),
  };
}
