import { type Cap, capsOf } from '#core/api-keys/caps';
import type { Db, Tx } from '#core/db';
import type { CapPeriod } from '#generated/prisma/enums';

const DAY_MS = 24 * 3_600_000;

/** A cap with how much of it is used up in the window that a moment falls into. Micro-credits. */
export interface CapUse extends Cap {
  /** The key whose cap it is: the one that spends, or the key that made it. */
  apiKeyId: string;
  spent: bigint;
  /** When the window ends and the count begins again; null for TOTAL. */
  resetsAt: Date | null;
}

/** A window of a cap as UTC midnights: its first day, and the one after its last; null where it has no end. */
export interface CapWindow {
  since: Date | null;
  until: Date | null;
}

/** The window of a kind that a moment falls into. Days begin at midnight UTC, weeks on Monday. */
export function capWindow(period: CapPeriod, at: Date): CapWindow {
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const day = Date.UTC(year, month, date);
  switch (period) {
    case 'TOTAL':
      return { since: null, until: null };
    case 'DAY':
      return { since: new Date(day), until: new Date(day + DAY_MS) };
    case 'WEEK': {
      const monday = day - ((at.getUTCDay() + 6) % 7) * DAY_MS;
      return { since: new Date(monday), until: new Date(monday + 7 * DAY_MS) };
    }
    case 'MONTH':
      return { since: new Date(Date.UTC(year, month, 1)), until: new Date(Date.UTC(year, month + 1, 1)) };
  }
}

/** How much of their caps keys have used up at a moment, a list for each in the order asked. Rights are the caller's business. */
export async function findCapUses(db: Db | Tx, keyIds: readonly string[], at: Date): Promise<CapUse[][]> {
  const keys = await db.apiKey.findMany({ where: { id: { in: [...keyIds] } } });
  const caps = keys.flatMap((key) => capsOf(key).map(({ period, credits }) => ({ apiKeyId: key.id, period, credits })));
  const sums = await sumSpending(db, [...new Set(caps.map(({ apiKeyId }) => apiKeyId))], at);
  const uses = caps.map(({ apiKeyId, period, credits }) => ({
    apiKeyId,
    period,
    credits,
    spent: sums.find((sum) => sum.apiKeyId === apiKeyId)?.[period] ?? 0n,
    resetsAt: capWindow(period, at).until,
  }));
  return keyIds.map((id) => uses.filter(({ apiKeyId }) => apiKeyId === id));
}

/** What a key, with the lesser keys it made, spent in the windows that a moment falls into. Micro-credits. */
export type KeySpending = Record<CapPeriod, bigint>;

/** What keys spent, as their caps count it, in the order asked. Rights are the caller's business. */
export async function findKeySpending(db: Db, keyIds: readonly string[], at: Date): Promise<KeySpending[]> {
  const sums = await sumSpending(db, keyIds, at);
  return keyIds.map((id) => {
    const { TOTAL, MONTH, WEEK, DAY } = sums.find(({ apiKeyId }) => apiKeyId === id) ?? {};
    return { TOTAL: TOTAL ?? 0n, MONTH: MONTH ?? 0n, WEEK: WEEK ?? 0n, DAY: DAY ?? 0n };
  });
}

function sumSpending(db: Db | Tx, keyIds: readonly string[], at: Date) {
  const since = (period: CapPeriod): Date | null => capWindow(period, at).since;
  return db.$queryRaw<(Record<CapPeriod, bigint | null> & { apiKeyId: string })[]>`
    SELECT api_key_id AS "apiKeyId", sum(credits)::bigint AS "TOTAL",
      (sum(credits) FILTER (WHERE day >= ${since('DAY')}::date))::bigint AS "DAY",
      (sum(credits) FILTER (WHERE day >= ${since('WEEK')}::date))::bigint AS "WEEK",
      (sum(credits) FILTER (WHERE day >= ${since('MONTH')}::date))::bigint AS "MONTH"
    FROM api_key_spend WHERE api_key_id = ANY(${keyIds}::uuid[]) GROUP BY api_key_id`;
}

/** The cap that a further charge would break; of several, the one that lets go last. Null when none does. */
export function findExceeded(uses: readonly CapUse[], credits: bigint): CapUse | null {
  const exceeded = uses.filter((use) => use.spent + credits > use.credits);
  // The sort is stable: of windows that end together, the order of the list decides.
  const [last = null] = exceeded.toSorted((a, b) => endOf(b) - endOf(a));
  return last;
}

const endOf = ({ resetsAt }: CapUse): number => resetsAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
