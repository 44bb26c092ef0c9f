import { describeTable } from '../report.ts';
import type { LiveResult } from './run.ts';

/** What struck, what clients went through, and what was wrong with it. */
export function describeLiveResult(result: LiveResult): string {
  const { faults, calls, unanswered, events, snapshots, resets, ends, caughtUpMs, violations } = result;
  const rows = [...faults].map(([name, { times, struck, hit }]) => [name, String(times), String(struck), String(hit)]);
  const endings = [...ends].map(([reason, times]) => [reason, String(times)]);
  return [
    describeTable([['fault', 'times', 'struck', 'hit'], ...rows]),
    describeTable([['connections of clients ended', 'times'], ...endings]),
    `${calls} calls, ${unanswered} answers lost and asked for again; ${events} events heard, ${snapshots} states, ${resets} resets`,
    `everyone caught up ${caughtUpMs.toFixed(0)} ms after the last answer; ${violations.length} violations`,
  ].join('\n\n');
}
