import type { Row } from '../../history.ts';
import type { Field, Heard } from './follower.ts';

/** More than this behind, a client is told to begin anew. */
const REPLAYED_MAX = 10_000;

/** What one client heard, against what its workspace's ledger says in the end. */
export interface Hearing {
  field: Field;
  log: readonly Heard[];
  ledger: readonly Row[];
}

/** What is wrong with what a client heard; empty when its log is whole, in order and true. */
export function violationsOfHearing({ field, log, ledger }: Hearing): string[] {
  const rows = new Map(ledger.map((row) => [row.seq, row]));
  const found: string[] = [];
  let last: Heard | null = null;
  for (const heard of log) {
    const where = `${heard.kind} ${heard.seq} after ${last ? `${last.kind} ${last.seq}` : 'nothing'}`;
    const wrong = wrongOrder(field, last, heard) ?? wrongContent(heard, rows.get(heard.seq));
    if (wrong) found.push(`${wrong}: ${where}`);
    last = heard;
  }
  const goal = goalOf(field, ledger);
  if (!last || last.seq < goal) found.push(`never caught up: at ${last?.seq ?? 'nothing'} of ${goal}`);
  return found;
}

/** The least seq that a client must have heard of when nothing more comes. */
export function goalOf(field: Field, ledger: readonly Row[]): number {
  const newest = field === 'usageRecorded' ? ledger.at(-1) : ledger.findLast(({ credits }) => credits > 0n);
  return newest?.seq ?? 0;
}

function wrongOrder(field: Field, last: Heard | null, heard: Heard): string | null {
  const isChange = heard.kind === 'UsageChange' || heard.kind === 'BalanceChange';
  if (!isChange) return wrongBeginning(last, heard);
  if (!last) return 'a change before the state';
  if (heard.asked === 'ANEW' || heard.asked === 'NONSENSE') return 'no state, though none was there to go on from';
  if (heard.seq === last.seq) return 'twice';
  if (heard.seq < last.seq) return 'back';
  return field === 'usageRecorded' && heard.seq !== last.seq + 1 ? 'a silent gap' : null;
}

function wrongBeginning(last: Heard | null, { kind, seq, asked }: Heard): string | null {
  if (last && seq < last.seq) return 'back';
  if (kind === 'FeedSnapshot') return asked === 'ANEW' ? null : 'a state that nobody asked for';
  if (asked === 'NONSENSE') return null;
  return last && seq - last.seq > REPLAYED_MAX ? null : 'a reset though everything could be replayed';
}

function wrongContent({ name, available }: Heard, row: Row | undefined): string | null {
  if (!row) return 'what never was';
  if (name !== null && name !== row.name) return `another call (${name}, not ${row.name})`;
  return available !== null && available !== row.availableAfter ? 'another balance' : null;
}
