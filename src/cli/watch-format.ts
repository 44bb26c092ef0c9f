import type { UsageEntry } from '#client/usage';

/** 1234567.5 as people read it: 1,234,567.5 */
export function formatCredits(amount: string): string {
  const [whole = '', fraction] = amount.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The time of day where the reader is. */
export function formatTime(moment: string): string {
  const date = new Date(moment);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Names are written by other people: an escape sequence in one must not reach the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·');
}

export interface Column {
  title: string;
  align: 'left' | 'right';
  /** Columns with a higher number go first when the terminal is narrow. */
  dispensable: number;
  text: (call: UsageEntry) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'TIME', align: 'left', dispensable: 2, text: ({ createdAt }) => formatTime(createdAt) },
  { title: 'KEY', align: 'left', dispensable: 5, text: ({ apiKey }) => (apiKey ? printable(apiKey.name) : '') },
  { title: 'OPERATION', align: 'left', dispensable: 0, text: ({ operation }) => printable(operation ?? '-') },
  { title: 'CREDITS', align: 'right', dispensable: 0, text: ({ credits }) => formatCredits(credits) },
  { title: 'OUTCOME', align: 'left', dispensable: 1, text: outcomeOf },
  {
    title: 'LATENCY',
    align: 'right',
    dispensable: 4,
    text: ({ latencyMs }) => (latencyMs === null ? '' : `${latencyMs} ms`),
  },
  { title: 'BALANCE', align: 'right', dispensable: 3, text: ({ availableAfter }) => formatCredits(availableAfter) },
];

/** Test calls cost nothing whatever their outcome, which would look like a mistake if nothing said so. */
function outcomeOf({ outcome, environment }: UsageEntry): string {
  return environment === 'TEST' ? `${outcome.toLowerCase()} (test)` : outcome.toLowerCase();
}

const GAP = '  ';

/** Rows of aligned cells, as many columns as fit; the first row holds the titles. */
export function formatTable(calls: readonly UsageEntry[], width: number): string[] {
  const filled = COLUMNS.map((column) => ({ column, cells: [column.title, ...calls.map(column.text)] }))
    .filter(({ cells }) => cells.slice(1).some((cell) => cell !== ''))
    .map(({ column, cells }) => ({ column, cells, width: Math.max(...cells.map(({ length }) => length)) }));
  const kept = [...filled];
  const total = (): number => kept.reduce((sum, one) => sum + one.width + GAP.length, -GAP.length);
  while (total() > width) {
    const least = kept.reduce((most, one) => (one.column.dispensable > most.column.dispensable ? one : most));
    if (least.column.dispensable === 0) break;
    kept.splice(kept.indexOf(least), 1);
  }
  return Array.from({ length: calls.length + 1 }, (_, row) =>
    kept
      .map(({ column, cells, width: size }) =>
        column.align === 'left' ? (cells[row] ?? '').padEnd(size) : (cells[row] ?? '').padStart(size),
      )
      .join(GAP)
      .slice(0, width),
  );
}
