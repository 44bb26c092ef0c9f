import {
  type Account,
  type Charge,
  type KnownHold,
  lineOf,
  type OpenGrant,
  type PricedOperation,
  type SpendingKey,
} from '#core/credits/account';
import { compareBurnOrder, type Draw, drawFrom } from '#core/credits/burn';
import { capWindow } from '#core/credits/caps';
import type {
  EntryFacts,
  GrantChange,
  GrantMovement,
  HoldChange,
  Movement,
  NewGrant,
  Payer,
} from '#core/credits/changes';
import type { CreditGrant, Hold, LedgerEntry } from '#generated/prisma/client';

const PERIODS = ['TOTAL', 'MONTH', 'WEEK', 'DAY'] as const;

/** Kinds whose credits do not say by themselves how `available` changes. */
const OPEN_KINDS: ReadonlySet<LedgerEntry['kind']> = new Set(['CAPTURE', 'ADJUSTMENT']);

/** The time of what is decided now is known only once it is written; nothing that exists is younger. */
export const YET_TO_COME = new Date(8_640_000_000_000_000);

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
  readonly grantChanges = new Map<string, GrantChange>();
  readonly holdChanges = new Map<string, HoldChange>();
  /** What keys spent, by their ids, on the day that this is written on, and what is given back on earlier ones. */
  readonly spends = new Map<string, bigint>();
  readonly earlierSpends: { apiKeyId: string; day: string; credits: bigint }[] = [];
  readonly moved: Required<Movement> = { available: 0n, held: 0n, granted: 0n, spent: 0n, expired: 0n };
  /** Versions of the rows outside the balance row's lock that decisions were made from. */
  readonly keyVersions = new Map<string, string>();
  readonly operationVersions = new Map<string, string>();
  /** An allowance was granted: the account says for which period. */
  hasGivenAllowance = false;
  /** Whether `available` fell below the threshold that the workspace set: an event of the same transaction. */
  isLow = false;
  /** Whether to write the balance row even if nothing was decided, so that it says when something is due. */
  isTidied = false;
  /** The decisions hold at any time from `account.at` to before this. */
  until: Date | null = null;
  readonly seqBefore: bigint;
  readonly #views: { view: Hold; lifetimeS: number | null }[] = [];

  constructor(account: Account) {
    this.account = account;
    this.seqBefore = account.seq;
    // What keys have spent was read for the windows of this day. A decline rests on that as much as a charge does, and a
    // batch that charges nothing must not carry it over midnight either.
    this.holdUntil(capWindow('DAY', account.at).until);
  }

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.entries.length === 0 && !this.isTidied;
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

  /** The hold of that id, if the workspace has it. */
  hold(id: string): KnownHold | undefined {
    return this.account.holds.get(id);
  }

  /** The charged call of that number, if there is one. */
  charge(seq: bigint): Charge | undefined {
    return this.account.charges.get(seq);
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
    const { lowBalanceThreshold, available } = account;
    account.available += movement.available ?? 0n;
    if (lowBalanceThreshold !== null && available >= lowBalanceThreshold && account.available < lowBalanceThreshold) {
      this.isLow = true;
    }
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
      availableChange: OPEN_KINDS.has(facts.kind) ? (movement.available ?? 0n) : null,
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
      grantId: isSplit ? null : (only?.grantId ?? facts.grantId ?? null),
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

  /** Moves credits inside a grant that is known. */
  moveGrant(grantId: string, movement: GrantMovement): void {
    const total = this.#changeOf(grantId);
    for (const [part, credits] of entriesOf(movement)) total[part] += credits;
    const grant = this.account.grants.find(({ id }) => id === grantId);
    if (!grant) throw new Error(`Grant ${grantId} is not known`);
    grant.remaining += movement.remaining ?? 0n;
    grant.held += movement.held ?? 0n;
  }

  /** From now on the grant pays nothing, and what comes back to it expires. */
  voidGrant(grant: OpenGrant): void {
    this.#changeOf(grant.id).isVoided = true;
    grant.expiresAt = this.account.at;
    this.account.grants.sort(compareBurnOrder);
  }

  #changeOf(grantId: string): GrantChange {
    const known = this.grantChanges.get(grantId);
    if (known) return known;
    const change = { remaining: 0n, held: 0n, spent: 0n, expired: 0n, isVoided: false };
    this.grantChanges.set(grantId, change);
    return change;
  }

  /** Adds a hold, or changes one by `change`; what follows from it for the ledger is the caller's to write. */
  putHold(hold: KnownHold, lifetimeS: number | null = null): void {
    const { account } = this;
    const isNew = !account.holds.has(hold.id) || this.holdChanges.get(hold.id)?.isNew === true;
    const change = this.holdChanges.get(hold.id) ?? { hold, isNew, lifetimeS };
    // Of several extensions in a batch the longest counts: none makes a hold shorter.
    if (lifetimeS !== null) change.lifetimeS = Math.max(change.lifetimeS ?? 0, lifetimeS);
    this.holdChanges.set(hold.id, change);
    if (!account.holds.has(hold.id)) account.openHolds += 1;
    account.holds.set(hold.id, hold);
    if (hold.state !== 'OPEN') account.openHolds -= 1;
    // A little early, since its time counts from the commit: never too late.
    if (lifetimeS !== null) prolong(hold, lifetimeS, account.at);
    if (hold.state === 'OPEN') this.holdUntil(hold.expiresAt);
  }

  /** The hold as it is now, for an answer. */
  snapshot({ parentKeyId: _, draws: __, ...hold }: KnownHold): Hold {
    const view = { ...hold, workspaceId: this.account.workspaceId };
    this.#views.push({ view, lifetimeS: this.holdChanges.get(hold.id)?.lifetimeS ?? null });
    return view;
  }

  /**
   * Counts a charge for the key that pays and for the one that made it, always: a cap may be set later. Negative gives
   * back what was counted at that time, in the windows of then.
   */
  countSpend({ apiKeyId, parentKeyId }: Payer, credits: bigint, countedAt: Date = YET_TO_COME): void {
    const today = capWindow('DAY', this.account.at);
    const isToday = countedAt === YET_TO_COME || today.since === null || countedAt >= today.since;
    for (const id of [apiKeyId, parentKeyId]) {
      if (id === null) continue;
      if (isToday) this.spends.set(id, (this.spends.get(id) ?? 0n) + credits);
      else this.earlierSpends.push({ apiKeyId: id, day: countedAt.toISOString().slice(0, 10), credits });
      const spent = this.account.keys.get(id)?.spent;
      if (!spent) continue;
      for (const period of PERIODS) {
        const { since } = capWindow(period, this.account.at);
        if (isToday || since === null || countedAt >= since) spent[period] += credits;
      }
    }
  }

  /** Adds a grant; its time becomes that of its entry. */
  addGrant(grant: NewGrant): CreditGrant {
    const { workspaceId, seq, grants } = this.account;
    const none = { held: 0n, spent: 0n, expired: 0n, voidedAt: null };
    const added: CreditGrant = { ...grant, ...none, remaining: grant.amount, workspaceId, seq, createdAt: YET_TO_COME };
    this.newGrants.push(added);
    const { id, priority, expiresAt, remaining, held } = added;
    const open: OpenGrant = { id, priority, expiresAt, seq, remaining, held };
    grants.push(open);
    grants.sort(compareBurnOrder);
    this.holdUntil(expiresAt);
    return added;
  }

  /** When the clock alone changes something next. */
  get dueAt(): Date | null {
    const { grants, holds, nextHoldAt, allowance, tenant } = this.account;
    let due = nextHoldAt;
    const consider = (time: Date | null): void => {
      if (time !== null && (due === null || time < due)) due = time;
    };
    for (const { expiresAt, remaining } of grants) if (remaining > 0n) consider(expiresAt);
    for (const { expiresAt, state } of holds.values()) if (state === 'OPEN') consider(expiresAt);
    if (allowance && !tenant.isDeleted) consider(allowance.givenUntil);
    return due;
  }

  /** Gives everything decided here its time, once it is written; the account is then as of that time. */
  stamp(at: Date): void {
    const { account } = this;
    for (const made of [...this.entries, ...this.newGrants]) made.createdAt = at;
    for (const { hold, lifetimeS } of this.holdChanges.values()) stampHold(hold, lifetimeS, at);
    for (const { view, lifetimeS } of this.#views) stampHold(view, lifetimeS, at);
    for (const grant of account.grants) if (this.grantChanges.get(grant.id)?.isVoided) grant.expiresAt = at;
    account.at = at;
    // What is closed is read anew should anybody ask for it.
    account.grants = account.grants.filter(({ remaining, held }) => remaining + held > 0n);
    for (const { id, state } of account.holds.values()) if (state !== 'OPEN') account.holds.delete(id);
    account.charges.clear();
  }
}

function stampHold(hold: Hold | KnownHold, lifetimeS: number | null, at: Date): void {
  if (hold.createdAt === YET_TO_COME) hold.createdAt = at;
  if (hold.closedAt === YET_TO_COME) hold.closedAt = at;
  if (lifetimeS !== null) prolong(hold, lifetimeS, at);
}

function prolong(hold: Pick<Hold, 'expiresAt'>, lifetimeS: number, from: Date): void {
  hold.expiresAt = new Date(Math.max(hold.expiresAt.getTime(), from.getTime() + lifetimeS * 1_000));
}

function entriesOf<K extends string>(movement: Partial<Record<K, bigint>>): [K, bigint][] {
  return Object.entries(movement) as [K, bigint][];
}
