import { type Draw, Model, type Request, type Verdict } from './model.ts';

/** A definite answer about a decision. */
export interface Answer {
  seq: number;
  outcome: 'SUCCEEDED' | 'DECLINED';
  availableAfter: bigint;
  replayed: boolean;
}

/**
 * One call as its caller saw it. UNKNOWN: it came back without an answer, and whether it was decided is open. CONFLICT:
 * its key is another request's. REFUSED: it was no decision.
 */
export interface Attempt {
  /** Its idempotency key. */
  name: string;
  request: Request;
  invokedAt: number;
  returnedAt: number;
  answer: Answer | 'CONFLICT' | 'REFUSED' | 'UNKNOWN';
}

/** One row of the ledger. */
export interface Row {
  seq: number;
  at: number;
  kind: string;
  outcome: string;
  /** The idempotency key of the call that it is about; none for what the clock brought about. */
  name: string | null;
  credits: bigint;
  availableAfter: bigint;
  draws: readonly Draw[];
}

/** What all callers of one workspace saw, and what its ledger says. */
export interface History {
  attempts: readonly Attempt[];
  ledger: readonly Row[];
}

const TOLD_MAX = 20;

/**
 * What is wrong with a history; empty when it is as if all calls had been decided one after another, in the order of their
 * numbers, by the model, each at a moment between its call and its answer. One pass over each: the numbers say the order,
 * so none needs to be searched for.
 */
export function violationsOfHistory({ attempts, ledger }: History): string[] {
  const operations = operationsOf(attempts);
  const found = [...replayLedger(ledger, operations), ...checkAnswers(ledger, operations), ...checkTimes(operations)];
  return found.slice(0, TOLD_MAX);
}

interface Operation {
  name: string;
  /** As the ledger has it; set by the first definite answer. */
  request: Request;
  attempts: Attempt[];
}

/** Calls by their idempotency key: all that were made with it are one operation. */
function operationsOf(attempts: readonly Attempt[]): Map<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const attempt of attempts) {
    const { name, request, answer } = attempt;
    const known = operations.get(name);
    if (!known) operations.set(name, { name, request, attempts: [attempt] });
    else {
      known.attempts.push(attempt);
      // Of two requests with one key the one that was answered is the operation.
      if (isDefinite(answer)) known.request = request;
    }
  }
  return operations;
}

/** Whether a call was decided, and which way. */
export const isDefinite = (answer: Attempt['answer']): answer is Answer => typeof answer === 'object';

/** Every row is what the model makes of its request, after all rows before it. */
function replayLedger(ledger: readonly Row[], operations: ReadonlyMap<string, Operation>): string[] {
  const found: string[] = [];
  const model = new Model();
  const names = new Set<string>();
  let at = 0;
  for (const [index, row] of ledger.entries()) {
    const name = `entry ${row.seq}`;
    if (row.seq !== index + 1) found.push(`${name} stands where ${index + 1} should`);
    if (row.at < at) found.push(`${name} is older than the one before`);
    at = row.at;
    if (row.name !== null && names.has(row.name)) found.push(`${name} decides ${row.name} again`);
    if (row.name !== null) names.add(row.name);
    try {
      found.push(...differences(name, row, decideRow(model, row, operations)));
    } catch (error) {
      found.push(`${name}: ${(error as Error).message}`);
    }
    if (found.length >= TOLD_MAX) break;
  }
  return found;
}

function decideRow(model: Model, row: Row, operations: ReadonlyMap<string, Operation>): Verdict {
  const grantId = row.draws[0]?.grant ?? '';
  if (row.kind === 'EXPIRY') return model.expire(grantId, row.at);
  const operation = operations.get(row.name ?? '');
  if (!operation) throw new Error(`nobody asked for ${row.name}`);
  const expected = operation.request.kind === 'GRANT' ? 'GRANT' : 'USAGE';
  if (row.kind !== expected) throw new Error(`is a ${row.kind}, not a ${expected}`);
  const due = model.dueAt(row.at);
  if (due.length > 0) throw new Error(`${due.length} grants had ended before and were not expired`);
  return model.decide(operation.request, row.at, grantId);
}

function differences(name: string, row: Row, verdict: Verdict): string[] {
  const found: string[] = [];
  const expectSame = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) found.push(`${name}: ${what} is ${String(actual)}, not ${String(expected)}`);
  };
  expectSame('outcome', row.outcome, verdict.outcome);
  expectSame('credits', row.credits, verdict.credits);
  expectSame('available after', row.availableAfter, verdict.availableAfter);
  expectSame('what paid', drawsText(row.draws), drawsText(verdict.draws));
  return found;
}

const drawsText = (draws: readonly Draw[]): string =>
  draws
    .map(({ grant, credits }) => `${grant}:${credits}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(' ');

/** Every answer is the row of its number, each operation has one number, one first answer, and in the end an answer. */
function checkAnswers(ledger: readonly Row[], operations: ReadonlyMap<string, Operation>): string[] {
  const found: string[] = [];
  const decided = new Set(ledger.map(({ name }) => name));
  for (const { name, request, attempts } of operations.values()) {
    const answered = attempts.filter(({ answer }) => isDefinite(answer));
    const isRefused = attempts.some(({ answer }) => answer === 'REFUSED');
    if (answered.length === 0 && (!isRefused || decided.has(name))) found.push(`${name} was never settled`);
    if (answered.filter(({ answer }) => isDefinite(answer) && !answer.replayed).length > 1) {
      found.push(`${name} was decided anew more than once`);
    }
    for (const attempt of attempts) {
      const { answer } = attempt;
      if (answer === 'UNKNOWN' || answer === 'REFUSED') continue;
      const isSame = requestText(attempt.request) === requestText(request);
      if (answer === 'CONFLICT') {
        if (isSame) found.push(`${name} conflicts with itself`);
        continue;
      }
      if (!isSame) found.push(`${name} answers two different requests`);
      const row = ledger[answer.seq - 1];
      const isRow =
        row?.name === name && row.outcome === answer.outcome && row.availableAfter === answer.availableAfter;
      if (!isRow) found.push(`the answer to ${name} is not what entry ${answer.seq} says`);
    }
    if (found.length >= TOLD_MAX) break;
  }
  return found;
}

const requestText = (request: Request): string =>
  request.kind === 'DEBIT'
    ? String(request.credits)
    : `${request.credits} ${request.priority} ${request.expiresAt ?? 'never'}`;

/**
 * Who was answered before somebody else asked has the lower number. From the highest number down, the earliest answer so
 * far must not lie before the call at hand.
 */
function checkTimes(operations: ReadonlyMap<string, Operation>): string[] {
  const spans = Array.from(operations.values(), ({ name, attempts }) => {
    const answered = attempts.filter(({ answer }) => isDefinite(answer));
    return {
      name,
      seq: Math.max(0, ...answered.map(({ answer }) => (isDefinite(answer) ? answer.seq : 0))),
      invokedAt: Math.min(...attempts.map(({ invokedAt }) => invokedAt)),
      returnedAt: Math.min(...answered.map(({ returnedAt }) => returnedAt)),
    };
  });
  // What was never decided has no place in the order.
  const ordered = spans.filter(({ seq }) => seq > 0).toSorted((a, b) => b.seq - a.seq);
  const found: string[] = [];
  let earliest = { name: '', returnedAt: Infinity };
  for (const span of ordered) {
    if (earliest.returnedAt < span.invokedAt) found.push(`${earliest.name} was answered before ${span.name} was asked`);
    if (span.returnedAt < earliest.returnedAt) earliest = span;
    if (found.length >= TOLD_MAX) break;
  }
  return found;
}
