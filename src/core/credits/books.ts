import { type Account, lineOf, type OpenGrant, type PricedOperation, type SpendingKey } from '#core/credits/account';
import { compareBurnOrder, type Draw, drawFrom } from '#core/credits/burn';
import { capWindow } from '#core/credits/caps';
import type { CreditGrant, LedgerEntry } from '#generated/prisma/client';

/** How a decision moves credits between the totals of the balance row, in micro-credits. */
export interface Movement {
  available?: bigint;
  held?: bigint;
  granted?: bigint;
  spent?: bigint;
  expired?: bigint;
}

/** How a decision moves credits inside a grant. */
export type GrantMovement = Omit<Movement, 'available' | 'granted'> & { remaining?: bigint };

/** An entry without what its place in the ledger gives it. */
export type EntryFacts = Pick<LedgerEntry, 'kind' | 'outcome' | 'actorKind' | 'actorId'> &
  Partial<Omit<LedgerEntry, 'workspaceId' | 'seq' | 'createdAt' | 'availableAfter' | 'heldAfter'>>;

const PERIODS = ['TOTAL', 'MONTH', 'WEEK', 'DAY'] as const;

/** The time of what is decided now is known only once it is written; nothing that exists is younger. */
const YET_TO_COME = new Date(8_640_000_000_000_000);

/**
 * One workspace's books while a batch is decided: begins as an account, ends as that account will be once the batch is
 * written. Decisions are made here in memory and proved when they are written: `commit_decisions` refuses them unless
 * everything that was read is still as it was.
 */
export class Books {
  readonly account: Account;
  readonly entries: LedgerEntry[] = [];
  readonly splits: { seq: bigint; grantId: string; credits: bigint }[] = [];
  readonly newGrants: CreditGrant[] = [];
  readonly grantMovements = new Map<string, Required<GrantMovement>>();
  /** What keys spent, by their ids. */
  readonly spends = new Map<string, bigint>();
  readonly moved: Required<Movement> = { available: 0n, held: 0n, granted: 0n, spent: 0n, expired: 0n };
  /** Versions of the rows outside the balance row's lock that decisions were made from. */
  readonly keyVersions = new Map<string, string>();
  readonly operationVersions = new Map<string, string>();
  /** The decisions hold at any time from `account.at` to before this. */
  until: Date | null = null;
  readonly seqBefore: bigint;

  constructor(account: Account) {
    this.account = account;
    this.seqBefore = account.seq;
    this.#expireDue();
  }

  /** What can be spent now. */
  get available(): bigint {
    return this.account.available;
  }

  /** The key of that id, if the workspace has it; decisions are void once it changes. */
  key(id: string): SpendingKey | undefined {
    const key = this.account.keys.get(id);
    if (!key || this.keyVersions.has(id)) return key;
    for (const { id: oneId, version, expiresAt, secrets } of lineOf(key)) {
      this.keyVersions.set(oneId, version);
      for (const ending of [expiresAt, ...secrets.map((secret) => secret.expiresAt)]) this.holdUntil(ending);
    }
    return key;
  }

  /** The priced operation of that name, if there is one; decisions are void once it changes. */
  operation(name: string): PricedOperation | undefined {
    const operation = this.account.operations.get(name);
    if (operation) this.operationVersions.set(name, operation.version);
    return operation;
  }

  /** Says that decisions made from here on would be others after that time. */
  holdUntil(time: Date | null): void {
    if (time !== null && time > this.account.at && (this.until === null || time < this.until)) this.until = time;
  }

  /** Which grants pay so much from what is available, in burn order. Takes nothing yet. */
  draw(credits: bigint): Draw[] {
    return credits === 0n ? [] : drawFrom(this.account.grants, credits);
  }

  /** Writes one decision: the next seq, the entry with its grants, and what it moves. */
  write(facts: EntryFacts, movement: Movement = {}, draws: readonly Draw[] = []): LedgerEntry {
    const { account } = this;
    account.seq += 1n;
    for (const [total, credits] of entriesOf(movement)) this.moved[total] += credits;
    account.available += movement.available ?? 0n;
    account.held += movement.held ?? 0n;
    const [only] = draws;
    const isSplit = draws.length > 1;
    // Written out, where two spreads would say the same: this is made for every call, and spreading cost a quarter of it.
    const entry: LedgerEntry = {
      workspaceId: account.workspaceId,
      seq: account.seq,
      createdAt: YET_TO_COME,
      kind: facts.kind,
      outcome: facts.outcome,
      declineReason: facts.declineReason ?? null,
      operation: facts.operation ?? null,
      units: facts.units ?? null,
      basePrice: facts.basePrice ?? null,
      discountPercent: facts.discountPercent ?? 0,
      price: facts.price ?? 0n,
      credits: facts.credits ?? 0n,
      availableAfter: account.available,
      heldAfter: account.held,
      tag: facts.tag ?? null,
      metadata: facts.metadata ?? null,
      environment: facts.environment ?? 'LIVE',
      apiKeyId: facts.apiKeyId ?? null,
      memberId: facts.memberId ?? null,
      actorKind: facts.actorKind,
      actorId: facts.actorId,
      latencyMs: facts.latencyMs ?? null,
      reason: facts.reason ?? null,
      grantId: isSplit ? null : (only?.grantId ?? null),
      isSplit,
      capApiKeyId: facts.capApiKeyId ?? null,
      capPeriod: facts.capPeriod ?? null,
      capCredits: facts.capCredits ?? null,
      capSpent: facts.capSpent ?? null,
      holdId: facts.holdId ?? null,
      refSeq: facts.refSeq ?? null,
      requestHash: facts.requestHash ?? null,
      idempotencyKeyHash: facts.idempotencyKeyHash ?? null,
    };
    this.entries.push(entry);
    if (isSplit) for (const draw of draws) this.splits.push({ seq: account.seq, ...draw });
    return entry;
  }

  /** Moves credits inside a grant that is open. */
  moveGrant(grantId: string, movement: GrantMovement): void {
    const total = this.grantMovements.get(grantId) ?? { remaining: 0n, held: 0n, spent: 0n, expired: 0n };
    this.grantMovements.set(grantId, total);
    for (const [part, credits] of entriesOf(movement)) total[part] += credits;
    const { grants } = this.account;
    const index = grants.findIndex(({ id }) => id === grantId);
    const grant = grants[index];
    if (!grant) throw new Error(`Grant ${grantId} is not open`);
    grant.remaining += movement.remaining ?? 0n;
    grant.held += movement.held ?? 0n;
    if (grant.remaining + grant.held === 0n) grants.splice(index, 1);
  }

  /** Counts a charge for the key that spends and for the one that made it. Always: a cap may be set later. */
  countSpend(key: SpendingKey, credits: bigint): void {
    this.holdUntil(capWindow('DAY', this.account.at).until);
    for (const { id, spent } of lineOf(key)) {
      this.spends.set(id, (this.spends.get(id) ?? 0n) + credits);
      for (const period of PERIODS) spent[period] += credits;
    }
  }

  /** Adds a grant; its time becomes that of its entry. */
  addGrant(grant: Omit<CreditGrant, 'createdAt' | 'workspaceId' | 'seq'>): CreditGrant {
    const { workspaceId, seq, grants } = this.account;
    const added: CreditGrant = { ...grant, workspaceId, seq, createdAt: YET_TO_COME };
    this.newGrants.push(added);
    const { id, priority, expiresAt, createdAt, remaining, held } = added;
    const open: OpenGrant = { id, priority, expiresAt, createdAt, remaining, held };
    grants.push(open);
    grants.sort(compareBurnOrder);
    this.holdUntil(expiresAt);
    return added;
  }

  /** Gives everything decided here its time, once it is written; the account is then as of that time. */
  stamp(at: Date): void {
    for (const made of [...this.entries, ...this.newGrants]) made.createdAt = at;
    for (const grant of this.account.grants) if (grant.createdAt === YET_TO_COME) grant.createdAt = at;
    this.account.at = at;
  }

  /** A grant whose time has come pays nothing any more: what remains of it expires before anything else is decided. */
  #expireDue(): void {
    for (const { id, expiresAt, remaining } of this.account.grants.slice()) {
      if (expiresAt === null || remaining === 0n) continue;
      if (expiresAt > this.account.at) {
        this.holdUntil(expiresAt);
        continue;
      }
      this.write(
        { kind: 'EXPIRY', outcome: 'SUCCEEDED', credits: remaining, actorKind: 'SYSTEM', actorId: null },
        { available: -remaining, expired: remaining },
        [{ grantId: id, credits: remaining }],
      );
      this.moveGrant(id, { remaining: -remaining, expired: remaining });
    }
  }
}

function entriesOf<K extends string>(movement: Partial<Record<K, bigint>>): [K, bigint][] {
  return Object.entries(movement) as [K, bigint][];
}
