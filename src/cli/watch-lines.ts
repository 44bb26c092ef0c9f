import { formatCredits, formatTime, printable } from '#cli/watch-format';
import type { WatchView } from '#cli/watch-model';
import type { UsageEntry } from '#client/usage';

/** One line for each thing that happens: for logs, pipes and people who scroll back. */
export function openLines(write: (text: string) => void): WatchView {
  const say = (line: string): void => write(`${line}\n`);
  return {
    onState: ({ state, cause, workspaceName }) => say(`${state.toLowerCase()}  ${printable(cause ?? workspaceName)}`),
    onBalance: (_model, { balance }) => say(`balance  ${formatCredits(balance.available)}`),
    onCall: (_model, { usageEntry }) => say(callLine(usageEntry)),
    close: () => {},
  };
}

function callLine(call: UsageEntry): string {
  const parts = [
    formatTime(call.createdAt),
    ...(call.apiKey ? [printable(call.apiKey.name)] : []),
    printable(call.operation ?? '-'),
    `${formatCredits(call.credits)} credits`,
    call.outcome.toLowerCase(),
    ...(call.latencyMs === null ? [] : [`${call.latencyMs} ms`]),
    `leaves ${formatCredits(call.availableAfter)}`,
  ];
  return `call  ${parts.join('  ')}`;
}

/** One JSON object for each thing that happens: for programs. Amounts stay the exact decimal strings of the API. */
export function openJsonLines(write: (text: string) => void): WatchView {
  const say = (event: object): void => write(`${JSON.stringify(event)}\n`);
  return {
    onState: ({ state, cause }) => say({ type: 'state', state, cause }),
    onBalance: (_model, { seq, balance }) => say({ type: 'balance', seq, balance }),
    onCall: (_model, { seq, usageEntry }) => say({ type: 'call', seq, call: usageEntry }),
    close: () => {},
  };
}
