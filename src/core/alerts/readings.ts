import { subjectOfCap } from '#core/alerts/firings';
import type { Watched } from '#core/alerts/watched';
import { capsOf } from '#core/api-keys/caps';
import { findCapUses } from '#core/credits/caps';
import type { Tx } from '#core/db';
import { countOutcomes, runwayOf, spendingOf } from '#core/usage/spending';
import type { AlertCondition } from '#generated/prisma/enums';

const MICRO = 1_000_000n;
const PERCENT_MICRO = 100n * MICRO;

/** A value now, in millionths of the condition's unit; null where there is none, as the runway of who spends nothing. */
export interface Reading {
  subject: string;
  value: bigint | null;
}

type Read = (tx: Tx, watched: Watched) => Promise<Reading[]>;

const ofWorkspace = (value: bigint | null): Reading[] => [{ subject: '', value }];

const READERS: Readonly<Record<Exclude<AlertCondition, 'BALANCE' | 'BALANCE_PERCENT'>, Read>> = {
  async RUNWAY_HOURS(tx, { alert: { workspaceId }, available, at }) {
    const runway = await runwayOf(tx, { workspaceId, available, at });
    return ofWorkspace(runway && BigInt(Math.round(runway.hours * Number(MICRO))));
  },
  async DAILY_SPEND(tx, { alert: { workspaceId }, timeZone, at }) {
    return ofWorkspace((await spendingOf(tx, { workspaceId, timeZone, at })).today);
  },
  async MONTHLY_SPEND(tx, { alert: { workspaceId }, timeZone, at }) {
    return ofWorkspace((await spendingOf(tx, { workspaceId, timeZone, at })).thisMonth);
  },
  async KEY_CAP_PERCENT(tx, { alert: { workspaceId, apiKeyId }, at }) {
    const keys = await tx.apiKey.findMany({
      where: { workspaceId, revokedAt: null, ...(apiKeyId && { id: apiKeyId }) },
    });
    const capped = keys.filter((key) => capsOf(key).length > 0);
    const uses = await findCapUses(
      tx,
      capped.map(({ id }) => id),
      at,
    );
    return uses.flat().map((use) => ({ subject: subjectOfCap(use), value: (use.spent * PERCENT_MICRO) / use.credits }));
  },
  async ERROR_PERCENT(tx, { alert: { workspaceId, windowMinutes, callsMin }, at }) {
    const { succeeded, failed } = await countOutcomes(tx, { workspaceId, at, minutes: windowMinutes ?? 0 });
    const calls = succeeded + failed;
    return ofWorkspace(calls < BigInt(callsMin ?? 1) ? null : (failed * PERCENT_MICRO) / calls);
  },
};

/** The values of a condition that more than one decision brings about, for each thing it watches. */
export function readValues(tx: Tx, watched: Watched): Promise<Reading[]> {
  const { condition } = watched.alert;
  if (condition === 'BALANCE' || condition === 'BALANCE_PERCENT')
    throw new TypeError(`${condition} is read along the ledger`);
  return READERS[condition](tx, watched);
}
