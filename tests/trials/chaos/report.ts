import type { Result } from './rounds.ts';

/** A plain table, a line for each fault. */
export function describeResults(results: readonly Result[]): string {
  const rows = results.map(({ fault, times, operations, unknown, retries, violations }) => [
    fault,
    ...[times, operations, unknown, retries, violations.length].map(String),
  ]);
  return describeTable([['fault', 'times', 'operations', 'unknown', 'retries', 'violations'], ...rows]);
}

/** Columns of equal width; the first holds words, the others numbers. */
export function describeTable(table: readonly (readonly string[])[]): string {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return lines.join('\n');
}
