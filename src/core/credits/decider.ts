import { LRUCache } from 'lru-cache';
import type { Account, Needs } from '#core/credits/account';
import {
  type Attempt,
  type Batch,
  decideAll,
  type Plan,
  planOf,
  type PlanPart,
  type Waiting,
  waitingOf,
  withoutRefused,
} from '#core/credits/batch';
import type { Books } from '#core/credits/books';
import type { KeyedBy } from '#core/credits/command';
import { openBooks } from '#core/credits/due';
import {
  commitDecisions,
  type Decisions,
  decisionsOf,
  findReplays,
  keyText,
  lockBalance,
  readAccounts,
  type Verdict,
} from '#core/credits/store';
import { type Db, inTransaction, type Tx } from '#core/db';
import { DomainError, NotFound, Unavailable } from '#core/errors';
import { recordEvent } from '#core/events/events';
import { isUnreachable } from '#core/outage';
import type { LedgerEntry } from '#generated/prisma/client';
import { formatMicro } from '#lib/micro';

const ACCOUNTS_KNOWN_MAX = 10_000;
/** An account that knows more keys, operations and holds is read anew, with those of the batch alone. */
const NAMES_KNOWN_MAX = 1_000;
/** How long a patient try may go on with a database that comes and goes. */
const PATIENCE_MS = 10_000;
/** Tries that fail because what they read had changed by the time they wrote, under one lock: a key, never the balance. */
const TRIES_MAX = 5;

/** Told of entries that are committed: contiguous, the newest last, never none. */
export type OnDecided = (workspaceId: string, entries: readonly LedgerEntry[]) => void;

/** Decides batches of commands, each with one transaction, and answers who waits for them once it is durable. */
export class Decider {
  readonly #db: Db;
  readonly #rememberedDays: number;
  readonly #onDecided: OnDecided;
  /** Accounts as they were after the last batch that was written here. Only ever a guess: writing proves it. */
  readonly #known = new LRUCache<string, Account>({ max: ACCOUNTS_KNOWN_MAX });

  /**
   * @param options.rememberedDays For how long idempotency keys count.
   * @param options.onDecided Told after the commit, in order: what was decided about a workspace.
   */
  constructor(options: { db: Db; rememberedDays: number; onDecided: OnDecided }) {
    this.#db = options.db;
    this.#rememberedDays = options.rememberedDays;
    this.#onDecided = options.onDecided;
  }

  /** Decides a batch from what is known, after reading what is not. */
  async plan(batch: Batch): Promise<Plan> {
    const unknown = new Map<string, Needs[]>();
    for (const [workspaceId, waiting] of batch) {
      const account = this.#known.get(workspaceId);
      if (account && waiting.every(({ command }) => knows(account, command.needs))) continue;
      unknown.set(workspaceId, [
        ...waiting.map(({ command }) => command.needs),
        ...(account ? knownNeeds(account) : []),
      ]);
    }
    // Nothing is planned from what is about to be replaced.
    for (const workspaceId of unknown.keys()) this.#known.delete(workspaceId);
    // What cannot be read stays doubtful, and is tried again patiently.
    const read = unknown.size === 0 ? [] : await readAccounts(this.#db, unknown).catch(() => []);
    for (const account of read) this.#known.set(account.workspaceId, account);
    const isFresh = new Set(read.map(({ workspaceId }) => workspaceId));
    const parts: PlanPart[] = [];
    for (const [workspaceId, waiting] of batch) {
      const account = this.#known.get(workspaceId);
      const attempt = account ? decideAll(openBooks(account), waiting) : null;
      if (!attempt || attempt.books.isLow) parts.push({ workspaceId, attempt: null, doubtful: waiting });
      else if (isFresh.has(workspaceId)) parts.push({ workspaceId, ...(await this.#withoutRepetitions(attempt)) });
      else parts.push({ workspaceId, ...withoutRefused(attempt) });
    }
    return planOf(parts);
  }

  /**
   * A refusal from what was read just now holds, unless the request was decided before: what it brought about may be
   * the very reason. Keys are looked up after the account was read, so whatever the account shows they show too.
   */
  async #withoutRepetitions(attempt: Attempt): Promise<Omit<PlanPart, 'workspaceId'>> {
    const { doubtful: refused } = withoutRefused(attempt);
    if (refused.length === 0) return { attempt, doubtful: [] };
    const keys = refused.flatMap(({ command }) => command.keyedBy);
    const known = await findReplays(this.#db, attempt.books.account, this.#lookup(keys)).catch(() => null);
    const isRepeated = ({ command }: Waiting): boolean =>
      known === null || command.keyedBy.some(({ idempotencyKeyHash }) => known.has(keyText(idempotencyKeyHash)));
    return withoutRefused(attempt, isRepeated);
  }

  /** The same at once, for a workspace that is known; null, and nothing taken, when it is not. What needs to be read is left as doubtful. */
  planFromKnown(workspaceId: string, take: () => readonly Waiting[]): Plan | null {
    const account = this.#known.get(workspaceId);
    if (!account) return null;
    const waiting = take();
    const [known, unknown] = partition(waiting, ({ command }) => knows(account, command.needs));
    const { attempt, doubtful } = withoutRefused(decideAll(openBooks(account), known));
    if (attempt?.books.isLow) return planOf([{ workspaceId, attempt: null, doubtful: waiting }]);
    return planOf([{ workspaceId, attempt, doubtful: [...doubtful, ...unknown] }]);
  }

  /** Writes a plan with one statement, all workspaces together; waits for nobody's lock. Never throws. */
  async write({ parts, decisions }: Plan): Promise<Landing> {
    const verdicts = await this.#verdictsOf(decisions);
    const answerable: Attempt[] = [];
    const undecided = new Map<string, readonly Waiting[]>();
    const fallen = new Set<string>();
    for (const { workspaceId, attempt, doubtful } of parts) {
      const verdict = verdicts?.get(workspaceId);
      const isDecided = verdict?.verdict === 'DECIDED' || (attempt?.books.isEmpty === true && verdicts !== null);
      if (attempt && isDecided) {
        if (verdict?.at) attempt.books.stamp(verdict.at);
        answerable.push(attempt);
        if (doubtful.length > 0) undecided.set(workspaceId, doubtful);
      } else {
        this.#known.delete(workspaceId);
        fallen.add(workspaceId);
        undecided.set(workspaceId, waitingOf({ attempt, doubtful }));
      }
    }
    const answer = (): void => answerable.forEach((attempt) => this.#answer(attempt));
    return { undecided, fallen, answer };
  }

  async #verdictsOf(decisions: Decisions | null): Promise<Map<string, Verdict> | null> {
    if (!decisions) return new Map();
    try {
      const verdicts = await commitDecisions(this.#db, decisions, {
        isPatient: false,
        rememberedDays: this.#rememberedDays,
      });
      return new Map(verdicts.map((verdict) => [verdict.workspaceId, verdict]));
    } catch {
      // Whatever it was, trying patiently finds it again, alone.
      return null;
    }
  }

  /** Decides one workspace's commands under its lock, waiting for it if need be. Every one is answered. */
  async decidePatiently(workspaceId: string, waiting: readonly Waiting[]): Promise<void> {
    const startedAt = performance.now();
    for (let tries = 1; ; tries++) {
      try {
        const attempt = await inTransaction(this.#db, (tx) => this.#tryPatiently(tx, workspaceId, waiting));
        if (attempt) {
          attempt.books.stamp(attempt.at);
          this.#known.set(workspaceId, attempt.books.account);
          this.#answer(attempt);
          return;
        }
        if (tries < TRIES_MAX) continue;
        throw new Unavailable('What this call needs keeps changing; nothing was decided. Retry with the same key.');
      } catch (error) {
        this.#known.delete(workspaceId);
        const mayRetry = performance.now() - startedAt < PATIENCE_MS / 2;
        if (error instanceof Unavailable && tries < TRIES_MAX && mayRetry) continue;
        if (error instanceof DomainError || waiting.length === 1) {
          for (const { reject } of waiting) reject(error);
          return;
        }
        // Something in it that the database will not take: halves, until it is alone.
        const middle = Math.ceil(waiting.length / 2);
        await this.decidePatiently(workspaceId, waiting.slice(0, middle));
        await this.decidePatiently(workspaceId, waiting.slice(middle));
        return;
      }
    }
  }

  async #tryPatiently(
    tx: Tx,
    workspaceId: string,
    waiting: readonly Waiting[],
  ): Promise<(Attempt & { at: Date }) | null> {
    await lockBalance(tx, workspaceId);
    const [account] = await readAccounts(tx, new Map([[workspaceId, waiting.map(({ command }) => command.needs)]]));
    // An operator's permit does not ask whether there is such a workspace.
    if (!account) throw new NotFound('No such workspace.', ['input', 'workspaceId']);
    const keys = waiting.flatMap(({ command }) => command.keyedBy);
    const attempt = decideAll(openBooks(account), waiting, await findReplays(tx, account, this.#lookup(keys)));
    if (attempt.books.isEmpty) return { ...attempt, at: account.at };
    const [verdict] = await commitDecisions(tx, decisionsOf([attempt.books]), {
      isPatient: true,
      rememberedDays: this.#rememberedDays,
    });
    if (verdict?.verdict !== 'DECIDED') return null;
    if (attempt.books.isLow) await recordLowBalance(tx, attempt.books);
    return { ...attempt, at: verdict.at };
  }

  #lookup(keys: readonly KeyedBy[]): { keys: readonly KeyedBy[]; rememberedDays: number } {
    return { keys, rememberedDays: this.#rememberedDays };
  }

  #answer({ books, settled }: Attempt): void {
    const last = books.entries.at(-1);
    if (last) this.#onDecided(last.workspaceId, books.entries);
    for (const { waiting, outcome } of settled) {
      const { command, resolve, reject } = waiting;
      if ('answer' in outcome) resolve(outcome.answer);
      else if ('error' in outcome) reject(outcome.error);
      else command.replay(outcome.repeats, this.#db).then(resolve, (error: unknown) => reject(unavailableOr(error)));
    }
  }
}

/** What became of a plan. */
export interface Landing {
  /** What waits on, for `decidePatiently`: known wrongly, locked by others, or of unknown outcome. */
  readonly undecided: Batch;
  /** Workspaces of which nothing was decided: what was planned on top of it is void. */
  readonly fallen: ReadonlySet<string>;
  /** Answers the rest. Not done yet, so that the next batch can be sent before those who wait go on. */
  readonly answer: () => void;
}

function partition<T>(items: readonly T[], is: (item: T) => boolean): [T[], T[]] {
  return [items.filter((item) => is(item)), items.filter((item) => !is(item))];
}

function knows(account: Account, { apiKeyId, operations, holdId, chargeSeq, grantId }: Needs): boolean {
  return (
    (apiKeyId === undefined || account.keys.has(apiKeyId)) &&
    (operations === undefined || operations.every((name) => account.operations.has(name))) &&
    (holdId === undefined || account.holds.has(holdId)) &&
    (grantId === undefined || account.grants.some(({ id }) => id === grantId)) &&
    chargeSeq === undefined
  );
}

function knownNeeds({ keys, operations, holds }: Account): Needs[] {
  if (keys.size + operations.size + holds.size > NAMES_KNOWN_MAX) return [];
  return [
    { operations: [...operations.keys()] },
    ...Array.from(keys.keys(), (apiKeyId) => ({ apiKeyId })),
    ...Array.from(holds.keys(), (holdId) => ({ holdId })),
  ];
}

/** The balance row's lock is held: thresholds are crossed in the order of decisions. */
async function recordLowBalance(tx: Tx, { account }: Books): Promise<void> {
  const { workspaceId, available, seq, lowBalanceThreshold } = account;
  await recordEvent(tx, {
    workspaceId,
    actorKind: 'SYSTEM',
    actorId: null,
    type: 'workspace.balance_low',
    targetId: workspaceId,
    after: { available: formatMicro(available), threshold: formatMicro(lowBalanceThreshold ?? 0n), seq: String(seq) },
  });
}

function unavailableOr(error: unknown): unknown {
  return isUnreachable(error) ? new Unavailable() : error;
}
