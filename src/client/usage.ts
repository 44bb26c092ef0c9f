import { CommonpurseError, payloadOf } from './errors.ts';
import type {
  BalanceFieldsFragment,
  CapPeriod,
  RecordUsageInput as GeneratedInput,
  RecordUsageMutation,
  UsageEntryFieldsFragment,
} from './generated/graphql.ts';

export type Balance = BalanceFieldsFragment;
/** A metered call in the log; DECLINED and FAILED ones are there too. */
export type UsageEntry = UsageEntryFieldsFragment;

/** Left out, the idempotency key is generated: enough for the retries made here, not for those of a later process. */
export type RecordUsageInput = Keyless<GeneratedInput>;
export type Keyless<Input extends { idempotencyKey: string }> = Omit<Input, 'idempotencyKey'> & {
  idempotencyKey?: string | undefined;
};

interface Decision {
  /** The balance right after this decision. */
  balance: Balance;
  /** Number of the decision in its workspace. */
  seq: string;
  /** Whether this is the stored answer to an earlier call with the same idempotency key. */
  replayed: boolean;
  idempotencyKey: string;
}

/** A call that is logged and paid for. */
export interface RecordedCall extends Decision {
  ok: true;
  /** What was charged: "0" for failed calls and those of test keys. */
  credits: string;
}

/** A call that the balance, or a cap of its key, did not allow: it is logged, and nothing was taken. */
export interface DeclinedCall extends Decision {
  ok: false;
  error: InsufficientCredits | KeyLimitExceeded;
}

interface InsufficientCredits {
  code: 'INSUFFICIENT_CREDITS';
  message: string;
  /** Price of the call. */
  required: string;
  /** What could be spent when it was decided. */
  available: string;
}

interface KeyLimitExceeded {
  code: 'KEY_LIMIT_EXCEEDED';
  message: string;
  /** Price of the call. */
  required: string;
  /** Window of the cap, in UTC. */
  period: CapPeriod;
  /** The most that the key may spend in the window. */
  cap: string;
  /** What it had spent in the window when it was decided. */
  spent: string;
  /** When the count begins again; null for TOTAL. */
  resetsAt: string | null;
}

export type RecordedUsage = RecordedCall | DeclinedCall;

/** Too little credit and a cap are everyday answers, so they are values; what a program cannot expect is thrown. */
export function recordedUsageOf(result: RecordUsageMutation['recordUsage'], idempotencyKey: string): RecordedUsage {
  if (result.__typename === 'InsufficientCredits') {
    const { message, required, available, balance, seq, replayed } = result;
    const error = { code: 'INSUFFICIENT_CREDITS', message, required, available } as const;
    return { ok: false, error, balance, seq, replayed, idempotencyKey };
  }
  if (result.__typename === 'KeyLimitExceeded') {
    const { message, required, period, cap, spent, resetsAt, balance, seq, replayed } = result;
    const error = { code: 'KEY_LIMIT_EXCEEDED', message, required, period, cap, spent, resetsAt } as const;
    return { ok: false, error, balance, seq, replayed, idempotencyKey };
  }
  const { balance, seq, replayed, credits } = payloadOf(result);
  return { ok: true, credits, balance, seq, replayed, idempotencyKey };
}

/** Runs a mutation under the caller's idempotency key or a new one, and leaves the key on whatever it throws. */
export async function withIdempotencyKey<Input extends { idempotencyKey?: string | undefined }, Result>(
  input: Input,
  mutate: (input: Input & { idempotencyKey: string }) => Promise<Result>,
): Promise<Result> {
  const idempotencyKey = input.idempotencyKey ?? crypto.randomUUID();
  try {
    return await mutate({ ...input, idempotencyKey });
  } catch (error) {
    if (error instanceof CommonpurseError) error.idempotencyKey = idempotencyKey;
    throw error;
  }
}
