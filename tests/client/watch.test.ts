import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { watchWorkspace } from '#cli/watch';
import { formatCredits, formatTable, printable } from '#cli/watch-format';
import { openJsonLines, openLines } from '#cli/watch-lines';
import { openScreen } from '#cli/watch-screen';
import { createClient } from '#client/client';
import type { UsageEntry } from '#client/usage';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';

let server: TestServer;

beforeAll(async () => {
  server = await openServer();
});

afterAll(() => server.close());

async function openPurse(balance: number) {
  const { key } = await server.makeWorkspace({ credits: credits(balance) });
  return createClient({ url: server.url, apiKey: key.secret, webSocketImpl: WebSocket });
}

describe('watching', () => {
  it('tells the last calls, then every change as it happens', async () => {
    const purse = await openPurse(10);
    await purse.recordUsage({ credits: 1, tag: 'before' });
    const controller = new AbortController();
    const told: { type: string; call?: UsageEntry; balance?: { available: string } }[] = [];
    await watchWorkspace(purse, controller.signal, () =>
      openJsonLines((line) => {
        const event = JSON.parse(line) as (typeof told)[number];
        told.push(event);
        // The stream of calls and that of balances keep their own order, not a common one.
        if (event.type === 'balance' && event.balance?.available === '9')
          void purse.recordUsage({ credits: 4, tag: 'live' });
        if (told.some(({ balance }) => balance?.available === '5') && told.some(({ call }) => call?.tag === 'live'))
          controller.abort();
      }),
    );
    expect(told[0]?.call).toMatchObject({ tag: 'before', availableAfter: '9', apiKey: { name: 'Test key' } });
    expect(told.flatMap(({ call }) => (call ? [call.tag] : []))).toEqual(['before', 'live']);
    expect(told.flatMap(({ balance }) => (balance ? [balance.available] : []))).toEqual(['9', '5']);
  });

  it('ends with the reason when the key is no good', async () => {
    const stranger = createClient({ url: server.url, apiKey: 'cp_live_x', webSocketImpl: WebSocket });
    const watching = watchWorkspace(stranger, new AbortController().signal, () => openLines(() => {}));
    await expect(watching).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('draws a terminal that fits, and gives it back as it was', async () => {
    const purse = await openPurse(2_000);
    await purse.recordUsage({ credits: '0.5', latencyMs: 7 });
    const controller = new AbortController();
    let drawn = '';
    const terminal = {
      columns: 40,
      rows: 12,
      hasColors: () => false,
      on: () => {},
      off: () => {},
      write(text: string) {
        drawn += text;
        if (drawn.includes('● live') && drawn.includes('1,999.5 credits available')) controller.abort();
      },
    };
    await watchWorkspace(purse, controller.signal, () => openScreen(terminal));
    const [before = '', after = ''] = drawn.split('\u001b[?25h\u001b[?7h\u001b[?1049l');
    expect(after).toBe('Acme: 1,999.5 credits available\n');
    const lines = stripVTControlCharacters(before.split('\u001b[H').at(-1) ?? '').split('\r\n');
    expect(lines.slice(0, 4)).toEqual(['Acme', '● live', '', '1,999.5 credits available']);
    expect(lines.every((line) => line.length <= 40)).toBe(true);
  });
});

describe('what is shown', () => {
  it.each([
    ['1234567.5', '1,234,567.5'],
    ['999', '999'],
    ['0.000001', '0.000001'],
  ])('groups the digits of %s', (amount, shown) => expect(formatCredits(amount)).toBe(shown));

  it('keeps the escape sequences of a name off the terminal', () => {
    expect(printable('Evil\u001b[2J\u009b0mKey\u202e\n')).toBe('Evil·[2J·0mKey··');
  });

  it('drops the least important columns where the terminal is narrow', () => {
    const [wide = '', narrow = '', tiny = ''] = [120, 60, 20].map((width) => formatTable([CALL], width)[0]);
    expect(wide.split(/ +/)).toEqual(['TIME', 'KEY', 'OPERATION', 'CREDITS', 'OUTCOME', 'LATENCY', 'BALANCE']);
    expect(narrow.split(/ +/)).toEqual(['TIME', 'OPERATION', 'CREDITS', 'OUTCOME', 'BALANCE']);
    expect(tiny).toBe('OPERATION      CREDI');
  });
});

const CALL: UsageEntry = {
  id: 'usage_1',
  seq: '1',
  createdAt: '2026-11-23T21:31:57.000Z',
  operation: 'search.people',
  units: '1',
  basePrice: '2',
  discountPercent: 0,
  price: '2',
  credits: '2',
  outcome: 'SUCCEEDED',
  declineReason: null,
  environment: 'LIVE',
  latencyMs: 12,
  tag: null,
  metadata: null,
  availableAfter: '98',
  apiKey: { id: 'key_1', name: 'Production Server', lastFour: 'abcd' },
};
