import { type BurnableGrant, compareBurnOrder, type Draw, drawFrom } from '#core/credits/burn';
import type { Db } from '#core/db';
import { encodeId } from '#core/ids';
import { Violation } from '#core/proofs';
import type { CreditGrant, LedgerEntry } from '#generated/prisma/client';

const ENTRIES_PER_READ = 10_000n;

type Replayed = BurnableGrant & Pick<CreditGrant, 'held' | 'spent' | 'expired'>;
type Entry = Pick<
  LedgerEntry,
  'seq' | 'kind' | 'credits' | 'availableChange' | 'grantId' | 'isSplit' | 'holdId' | 'createdAt'
>;

/** What grants, and holds of them, came to with some entry: amounts as texts, so that it can be stored as JSON. */
export interface GrantsThen {
  grants: Record<string, { remaining: string; held: string; spent: string; expired: string }>;
  /** By hold, then by grant. */
  holds: Record<string, Record<string, string>>;
}

/** From which entry on, and as what, grants are replayed. */
export interface ReplayStart {
  seq: bigint;
  entryAt: Date;
  grants: GrantsThen;
}

/**
 * Goes through a workspace's entries with the grants they name: each must have drawn on grants in burn order, or on what
 * its hold held, and the grants must end as they were stored when the last of the entries was.
 * @param options.cutSeq Of an entry on the way.
 * @returns what grants came to with that entry; null without one.
 * @throws Violation at the first entry or grant that is not so.
 */
export async function replayGrants(
  db: Db,
  workspaceId: string,
  {
    start,
    lastSeq,
    grants,
    cutSeq = null,
  }: { start: ReplayStart; lastSeq: bigint; grants: readonly CreditGrant[]; cutSeq?: bigint | null },
): Promise<GrantsThen | null> {
  const replay = new GrantReplay(grants, start);
  let cut: GrantsThen | null = null;
  for (let after = start.seq; after < lastSeq; after += ENTRIES_PER_READ) {
    const upTo = after + ENTRIES_PER_READ;
    const where = { workspaceId, seq: { gt: after, lte: upTo < lastSeq ? upTo : lastSeq } };
    const entries = await db.ledgerEntry.findMany({ where, orderBy: { seq: 'asc' }, select: SELECTED });
    const splits = new Map<bigint, Draw[]>();
    for (const { seq, grantId, credits } of await db.ledgerSplit.findMany({ where })) {
      splits.set(seq, [...(splits.get(seq) ?? []), { grantId, credits }]);
    }
    for (const entry of entries) {
      const problem = replay.go(entry, drawsOf(entry, splits));
      if (problem) throw new Violation(workspaceId, `entry ${entry.seq} ${problem}`);
      if (entry.seq === cutSeq) cut = replay.now();
    }
  }
  const wrong = grants.find((grant) => !replay.isAs(grant));
  if (wrong) throw new Violation(workspaceId, `${encodeId('CreditGrant', wrong.id)} is not what its entries come to.`);
  return cut;
}

const SELECTED = {
  seq: true,
  kind: true,
  credits: true,
  availableChange: true,
  grantId: true,
  isSplit: true,
  holdId: true,
  createdAt: true,
} as const;

function drawsOf(
  { seq, credits, grantId, isSplit }: Entry,
  splits: ReadonlyMap<bigint, readonly Draw[]>,
): readonly Draw[] {
  if (isSplit) return splits.get(seq) ?? [];
  return grantId === null || credits === 0n ? [] : [{ grantId, credits }];
}

/** The grants as the entries so far have left them. */
class GrantReplay {
  readonly #known: ReadonlyMap<string, CreditGrant>;
  /** In burn order. */
  #open: Replayed[] = [];
  readonly #all = new Map<string, Replayed>();
  readonly #holds = new Map<string, Map<string, bigint>>();

  constructor(stored: readonly CreditGrant[], { grants: { grants, holds }, entryAt }: ReplayStart) {
    this.#known = new Map(stored.map((grant) => [grant.id, grant]));
    for (const [id, { remaining, held, spent, expired }] of Object.entries(grants)) {
      const grant = this.#known.get(id);
      if (!grant) continue;
      const { priority, seq, voidedAt } = grant;
      const expiresAt = voidedAt && voidedAt <= entryAt ? voidedAt : grant.expiresAt;
      const amounts = {
        remaining: BigInt(remaining),
        held: BigInt(held),
        spent: BigInt(spent),
        expired: BigInt(expired),
      };
      this.#all.set(id, { id, priority, expiresAt, seq, ...amounts });
    }
    this.#open = [...this.#all.values()]
      .filter(({ remaining, held }) => remaining + held > 0n)
      .toSorted(compareBurnOrder);
    for (const [id, draws] of Object.entries(holds))
      this.#holds.set(id, new Map(Object.entries(draws).map(([grantId, credits]) => [grantId, BigInt(credits)])));
  }

  /** What grants come to now. */
  now(): GrantsThen {
    const grants: GrantsThen['grants'] = {};
    for (const { id, remaining, held, spent, expired } of this.#all.values())
      grants[id] = { remaining: String(remaining), held: String(held), spent: String(spent), expired: String(expired) };
    const holds: GrantsThen['holds'] = {};
    for (const [id, draws] of this.#holds) {
      const left = [...draws].filter(([, credits]) => credits !== 0n);
      if (left.length > 0) holds[id] = Object.fromEntries(left.map(([grantId, credits]) => [grantId, String(credits)]));
    }
    return { grants, holds };
  }

  /** Returns what is wrong with the entry, in words; null when nothing is. */
  go(entry: Entry, draws: readonly Draw[]): string | null {
    const { kind, availableChange } = entry;
    if (kind === 'GRANT' || (kind === 'ADJUSTMENT' && (availableChange ?? 0n) > 0n)) return this.#add(entry);
    if (kind === 'VOID') this.#end(entry);
    if (draws.some(({ grantId }) => !this.#all.has(grantId))) return 'names a grant that was not there.';
    const expected = this.#expected(entry);
    if (expected === 'too much') return 'took more than its grants had.';
    if (expected && !isSame(expected, draws)) return 'drew on grants out of their order.';
    for (const draw of draws) this.#move(entry, draw);
    this.#open = this.#open.filter(({ remaining, held }) => remaining + held > 0n);
    return null;
  }

  isAs({ id, remaining, held, spent, expired }: CreditGrant): boolean {
    const grant = this.#all.get(id);
    return (
      grant !== undefined &&
      [grant.remaining - remaining, grant.held - held, grant.spent - spent, grant.expired - expired].every(
        (difference) => difference === 0n,
      )
    );
  }

  #add({ grantId, credits }: Entry): string | null {
    const stored = this.#known.get(grantId ?? '');
    if (stored?.amount !== credits) return 'granted what no grant says.';
    const { id, priority, expiresAt, seq } = stored;
    const grant = { id, priority, expiresAt, seq, remaining: credits, held: 0n, spent: 0n, expired: 0n };
    this.#all.set(id, grant);
    this.#open.push(grant);
    this.#open.sort(compareBurnOrder);
    return null;
  }

  /** A grant that is voided ends then, and what is held of it burns in that place. */
  #end({ grantId, createdAt }: Entry): void {
    const grant = this.#all.get(grantId ?? '');
    if (grant) grant.expiresAt = createdAt;
    this.#open.sort(compareBurnOrder);
  }

  /** What an entry has to draw on; null where it is free to name grants. */
  #expected(entry: Entry): Draw[] | 'too much' | null {
    try {
      return this.#required(entry);
    } catch {
      // Only what is not there cannot be drawn.
      return 'too much';
    }
  }

  #required({ kind, credits, availableChange, holdId }: Entry): Draw[] | null {
    switch (kind) {
      case 'USAGE':
      case 'HOLD':
      case 'ADJUSTMENT':
        return drawFrom(this.#open, credits);
      case 'CAPTURE': {
        const above = -(availableChange ?? 0n);
        return [...this.#drawHeld(holdId, credits - above), ...drawFrom(this.#open, above)];
      }
      case 'RELEASE':
        return credits === 0n ? [] : this.#drawHeld(holdId, credits);
      case 'GRANT':
      case 'EXPIRY':
      case 'VOID':
      case 'REFUND':
        return null;
    }
  }

  #drawHeld(holdId: string | null, credits: bigint): Draw[] {
    const held = this.#holds.get(holdId ?? '');
    return drawFrom(
      this.#open.map((grant) => ({ ...grant, remaining: held?.get(grant.id) ?? 0n })),
      credits,
    );
  }

  #move({ kind, holdId, availableChange, credits: all }: Entry, { grantId, credits }: Draw): void {
    const grant = this.#all.get(grantId);
    if (!grant) return;
    const held = this.#holds.get(holdId ?? '') ?? new Map<string, bigint>();
    if (holdId !== null) this.#holds.set(holdId, held);
    const hold = (change: bigint): void => {
      grant.held += change;
      held.set(grantId, (held.get(grantId) ?? 0n) + change);
    };
    switch (kind) {
      case 'USAGE':
        grant.remaining -= credits;
        grant.spent += credits;
        break;
      case 'HOLD':
        grant.remaining -= credits;
        hold(credits);
        break;
      case 'RELEASE':
        grant.remaining += credits;
        hold(-credits);
        break;
      case 'CAPTURE': {
        // What its hold held of the grant first; the rest is from above the hold.
        const heldOf = held.get(grantId) ?? 0n;
        const isAllHeld = all === 0n || (availableChange ?? 0n) === 0n;
        const fromHeld = isAllHeld || credits < heldOf ? credits : heldOf;
        hold(-fromHeld);
        grant.remaining -= credits - fromHeld;
        grant.spent += credits;
        break;
      }
      case 'REFUND':
        grant.remaining += credits;
        grant.spent -= credits;
        // It may have been empty.
        if (!this.#open.includes(grant)) {
          this.#open.push(grant);
          this.#open.sort(compareBurnOrder);
        }
        break;
      case 'EXPIRY':
      case 'VOID':
      case 'ADJUSTMENT':
        grant.remaining -= credits;
        grant.expired += credits;
        break;
      case 'GRANT':
        break;
    }
  }
}

/** Whether both take the same of each grant. */
function isSame(expected: readonly Draw[], draws: readonly Draw[]): boolean {
  const left = new Map<string, bigint>();
  for (const { grantId, credits } of expected) left.set(grantId, (left.get(grantId) ?? 0n) + credits);
  for (const { grantId, credits } of draws) left.set(grantId, (left.get(grantId) ?? 0n) - credits);
  return [...left.values()].every((difference) => difference === 0n);
}
