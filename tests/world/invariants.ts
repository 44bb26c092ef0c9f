import type { ApiKey, LedgerEntry } from '#generated/prisma/client';
import type { World } from './world.ts';

const SIGNS: Partial<Record<string, bigint>> = { GRANT: 1n, USAGE: -1n, EXPIRY: -1n };

/**
 * What is wrong with the books of a workspace, one sentence each; empty when ledger, grants, splits and the balance row
 * say the same. Kinds of entries that it does not know are reported, so that it grows with the ledger.
 */
export async function violationsOf({ db }: Pick<World, 'db'>, workspaceId: string): Promise<string[]> {
  const where = { workspaceId };
  const [balance, entries, splits, grants, keys, spending] = await Promise.all([
    db.balance.findUniqueOrThrow({ where }),
    db.ledgerEntry.findMany({ where, orderBy: { seq: 'asc' } }),
    db.ledgerSplit.findMany({ where }),
    db.creditGrant.findMany({ where }),
    db.apiKey.findMany({ where }),
    db.apiKeySpend.findMany({ where }),
  ]);
  const found: string[] = [];
  const expectSame = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) found.push(`${what} is ${String(actual)}, not ${String(expected)}`);
  };

  let available = 0n;
  let at = 0;
  const drawn = new Map<string, bigint>();
  for (const [index, entry] of entries.entries()) {
    const name = `entry ${entry.seq}`;
    const sign = SIGNS[entry.kind];
    if (sign === undefined) found.push(`${name} has a kind unknown to this check: ${entry.kind}`);
    available += (sign ?? 0n) * entry.credits;
    expectSame(`${name} in order`, entry.seq, BigInt(index + 1));
    expectSame(`available after ${name}`, entry.availableAfter, available);
    if (entry.createdAt.getTime() < at) found.push(`${name} is older than the one before`);
    at = entry.createdAt.getTime();
    const parts = splits.filter(({ seq }) => seq === entry.seq);
    expectSame(`${name} being split`, parts.length > 1, entry.isSplit);
    if (entry.isSplit) expectSame(`sum of the split of ${name}`, sum(parts.map((part) => part.credits)), entry.credits);
    const draws = entry.isSplit ? parts : entry.grantId ? [{ grantId: entry.grantId, credits: entry.credits }] : [];
    expectSame(`what grants paid for ${name}`, sum(draws.map(({ credits }) => credits)), entry.credits);
    if (entry.kind === 'USAGE')
      for (const { grantId, credits } of draws) drawn.set(grantId, (drawn.get(grantId) ?? 0n) + credits);
  }

  expectSame('seq of the balance', balance.seq, BigInt(entries.length));
  expectSame('available', balance.available, available);
  expectSame('time of the last entry', entries.length === 0 || balance.lastEntryAt.getTime() === at, true);
  expectSame('remaining in grants', sum(grants.map(({ remaining }) => remaining)), balance.available);
  expectSame('held in grants', sum(grants.map(({ held }) => held)), balance.held);
  expectSame('granted in total', balance.grantedTotal, sum(grants.map(({ amount }) => amount)));
  expectSame('spent in total', balance.spentTotal, sum(grants.map(({ spent }) => spent)));
  for (const { id, spent } of grants) expectSame(`spent of grant ${id}`, spent, drawn.get(id) ?? 0n);
  const counted = new Map(spending.map((row) => [`${row.apiKeyId} on ${dayOf(row.day)}`, row.credits]));
  for (const [name, spent] of spentByKeyAndDay(entries, keys)) {
    expectSame(`spent by key ${name}`, counted.get(name), spent);
    counted.delete(name);
  }
  for (const [name, spent] of counted) expectSame(`spent by key ${name}`, spent, 0n);
  const hashes = entries.flatMap((entry) => (entry.idempotencyKeyHash ? [hex(entry.idempotencyKeyHash)] : []));
  expectSame('number of distinct idempotency keys', new Set(hashes).size, hashes.length);
  return found;
}

/** What the ledger says that each key spent in each UTC day, with the keys it made. */
function spentByKeyAndDay(entries: readonly LedgerEntry[], keys: readonly ApiKey[]): Map<string, bigint> {
  const spent = new Map<string, bigint>();
  for (const { kind, credits, createdAt, apiKeyId } of entries) {
    if (kind !== 'USAGE' || credits === 0n) continue;
    const key = keys.find(({ id }) => id === apiKeyId);
    for (const id of [key?.id, key?.parentId]) {
      const name = `${id} on ${dayOf(createdAt)}`;
      if (id) spent.set(name, (spent.get(name) ?? 0n) + credits);
    }
  }
  return spent;
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
