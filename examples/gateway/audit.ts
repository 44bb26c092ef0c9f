import type { CommonpurseClient } from '#client/client';
import type { UsageEntry } from '#client/usage';
import { formatAmount, multiply, parseAmount } from './amounts.ts';
import type { Answered } from './calls.ts';

/** The books before the traffic. */
export interface Opening {
  available: string;
  seq: string;
  /** Price of one unit, by operation. */
  prices: ReadonlyMap<string, string>;
}

export interface Audit {
  calls: number;
  sends: number;
  succeeded: number;
  failed: number;
  declined: number;
  charged: string;
  available: string;
  /** Everything that is not as it must be; empty when the books are right. */
  faults: string[];
}

export async function openBooks(purse: CommonpurseClient): Promise<Opening> {
  const { available, seq } = await purse.balance();
  const operations = await purse.operations();
  return { available, seq, prices: new Map(operations.map(({ name, price }) => [name, price])) };
}

/** Compares what the customers saw with what Commonpurse wrote down: one entry a call, the right price, the right rest. */
export async function audit(purse: CommonpurseClient, opening: Opening, answers: readonly Answered[]): Promise<Audit> {
  const entries = new Map<string, UsageEntry>();
  for await (const entry of purse.usage()) {
    if (BigInt(entry.seq) <= BigInt(opening.seq)) break;
    entries.set(entry.seq, entry);
  }
  const { available } = await purse.balance();
  const faults = answers.flatMap((answered) => faultsOf(answered, entries.get(answered.seq), opening));
  if (new Set(answers.map(({ seq }) => seq)).size !== answers.length) faults.push('Two calls share a decision.');
  if (entries.size !== answers.length) {
    faults.push(`${entries.size} entries for ${answers.length} calls (does somebody else use this workspace?).`);
  }
  const charged = answers.reduce((sum, { cost }) => sum + parseAmount(cost), 0n);
  const due = formatAmount(parseAmount(opening.available) - charged);
  if (due !== available) faults.push(`The balance is ${available} and must be ${due}.`);
  const countOf = (status: number): number => answers.filter((answered) => answered.status === status).length;
  return {
    calls: answers.length,
    sends: answers.reduce((sum, { sends }) => sum + sends, 0),
    succeeded: countOf(200),
    failed: countOf(502),
    declined: countOf(402),
    charged: formatAmount(charged),
    available,
    faults,
  };
}

const OUTCOMES = new Map([
  [200, 'SUCCEEDED'],
  [402, 'DECLINED'],
  [502, 'FAILED'],
]);

function faultsOf({ call, status, cost, seq }: Answered, entry: UsageEntry | undefined, { prices }: Opening): string[] {
  if (!entry) return [`Decision ${seq} is missing in the log.`];
  const price = multiply(parseAmount(prices.get(call.operation) ?? '0'), parseAmount(call.units));
  const due = status === 200 && call.environment === 'LIVE' ? formatAmount(price) : '0';
  const seen = [entry.operation, entry.outcome, entry.units, entry.price, entry.credits, cost];
  const right = [
    call.operation,
    OUTCOMES.get(status),
    formatAmount(parseAmount(call.units)),
    formatAmount(price),
    due,
    due,
  ];
  const isRight = seen.every((value, index) => value === right[index]);
  return isRight ? [] : [`Decision ${seq} is ${seen.join(' ')} and must be ${right.join(' ')}.`];
}
