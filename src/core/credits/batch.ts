import type { Books } from '#core/credits/books';
import type { Command, KeyedBy } from '#core/credits/command';
import { type Decisions, decisionsOf, keyText } from '#core/credits/store';
import { IdempotencyConflict } from '#core/errors';
import type { LedgerEntry } from '#generated/prisma/client';
import { sameBytes } from '#lib/canonical-json';

/** A command, and who waits for its answer. */
export interface Waiting {
  readonly command: Command;
  /** When it came, by `performance.now()`. */
  readonly since: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Commands by workspace. */
export type Batch = ReadonlyMap<string, readonly Waiting[]>;

/** What became of a command: an answer, to give once it is written, what its keys were first decided as, or a refusal. */
type Outcome = { answer: unknown } | { error: unknown } | { repeats: readonly LedgerEntry[] };

interface Settled {
  readonly waiting: Waiting;
  readonly outcome: Outcome;
}

/** Commands of one workspace as they were decided, and the books that say so. */
export interface Attempt {
  readonly books: Books;
  readonly settled: readonly Settled[];
}

/** One workspace's part of a plan. */
export interface PlanPart {
  readonly workspaceId: string;
  readonly attempt: Attempt | null;
  /** What was remembered may refuse what is right by now, so what it refuses is asked again. */
  readonly doubtful: readonly Waiting[];
}

/** A batch as it was decided, ready to be written. */
export interface Plan {
  readonly parts: readonly PlanPart[];
  readonly decisions: Decisions | null;
}

/** The plan that these parts make, its decisions turned into the texts that are written. */
export function planOf(parts: readonly PlanPart[]): Plan {
  const books = parts.flatMap(({ attempt }) => (attempt && !attempt.books.isEmpty ? [attempt.books] : []));
  return { parts, decisions: books.length === 0 ? null : decisionsOf(books) };
}

/** Everything that a part of a plan was to decide. */
export function waitingOf({ attempt, doubtful }: Omit<PlanPart, 'workspaceId'>): Waiting[] {
  return [...(attempt?.settled ?? []).map(({ waiting }) => waiting), ...doubtful];
}

/**
 * Decides in order, writing into the books; one that is refused changes nothing for the others.
 * @param replays First decisions by the text of their key, so far; those made here are added.
 */
export function decideAll(
  books: Books,
  commands: readonly Waiting[],
  replays: Map<string, LedgerEntry> = new Map(),
): Attempt {
  const settled = commands.map((waiting) => ({ waiting, outcome: decideOne(books, waiting.command, replays) }));
  return { books, settled };
}

function decideOne(books: Books, command: Command, replays: Map<string, LedgerEntry>): Outcome {
  const { keyedBy } = command;
  const known: LedgerEntry[] = [];
  for (const { idempotencyKeyHash } of keyedBy) {
    const entry = replays.get(keyText(idempotencyKeyHash));
    if (entry) known.push(entry);
  }
  if (known.length > 0) {
    // Keys that came together belong together: some of them known and some not is another request.
    const isRepetition = known.length === keyedBy.length && known.every((entry, i) => isSameRequest(entry, keyedBy[i]));
    return isRepetition ? { repeats: known } : { error: new IdempotencyConflict() };
  }
  const written = books.entries.length;
  try {
    const answer = command.decide(books);
    for (let index = written; index < books.entries.length; index++) {
      const entry = books.entries[index];
      if (entry?.idempotencyKeyHash) replays.set(keyText(entry.idempotencyKeyHash), entry);
    }
    return { answer };
  } catch (error) {
    return { error };
  }
}

function isSameRequest({ requestHash }: LedgerEntry, keyedBy: KeyedBy | undefined): boolean {
  return requestHash !== null && keyedBy !== undefined && sameBytes(requestHash, keyedBy.requestHash);
}

/** What was refused is taken out, all of it or some, to be asked again: it has written nothing. */
export function withoutRefused(
  { books, settled }: Attempt,
  isAskedAgain: (waiting: Waiting) => boolean = () => true,
): Omit<PlanPart, 'workspaceId'> {
  const isDoubtful = ({ waiting, outcome }: Settled): boolean => 'error' in outcome && isAskedAgain(waiting);
  return {
    attempt: { books, settled: settled.filter((one) => !isDoubtful(one)) },
    doubtful: settled.filter(isDoubtful).map(({ waiting }) => waiting),
  };
}
