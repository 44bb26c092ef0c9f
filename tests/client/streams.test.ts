import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type CommonpurseClient, createClient } from '#client/client';
import type { BalanceEvent, UsageEvent } from '#client/feeds';
import type { StreamState } from '#client/streams';
import { encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { openProxy, type Proxy } from './proxy.ts';
import { openStandInFeed } from './stand-in-feed.ts';

const RETRY = { attemptsMax: 3, delayMinMs: 10, delayMaxMs: 100 };

let server: TestServer;
let proxy: Proxy;

beforeAll(async () => {
  server = await openServer();
  proxy = await openProxy(server.url);
});

afterAll(async () => {
  await proxy.close();
  await server.close();
});

/** A workspace with one client that watches through the bad network and one that spends past it. */
async function openPurses(): Promise<{ watcher: CommonpurseClient; spender: CommonpurseClient; workspaceId: string }> {
  const { key, workspaceId } = await server.makeWorkspace({ credits: credits(1_000) });
  const credential = { apiKey: key.secret, webSocketImpl: WebSocket, retry: RETRY };
  return {
    watcher: createClient({ ...credential, url: proxy.url }),
    spender: createClient({ ...credential, url: server.url }),
    workspaceId: encodeId('Workspace', workspaceId),
  };
}

describe('watchUsage', () => {
  it('misses nothing and repeats nothing while its socket is cut again and again', async () => {
    const { watcher, spender } = await openPurses();
    const tags: (string | null)[] = [];
    const states: StreamState[] = [];
    const spending = (async () => {
      for (let index = 0; index < 40; index++) {
        await spender.recordUsage({ credits: 1, tag: `call-${index}` });
        if (index % 8 === 4) proxy.cut();
      }
    })();
    const signal = AbortSignal.timeout(10_000);
    for await (const event of watcher.watchUsage({
      after: '0',
      signal,
      onStateChange: (state) => states.push(state),
    })) {
      if (event.__typename === 'UsageChange') tags.push(event.usageEntry.tag);
      if (tags.length === 40) break;
    }
    await spending;
    expect(tags).toEqual(Array.from({ length: 40 }, (_, index) => `call-${index}`));
    expect(states.slice(0, 2)).toEqual(['CONNECTING', 'LIVE']);
    expect(states.filter((state) => state === 'RECONNECTING').length).toBeGreaterThan(0);
  });

  it('replays what happened while the server could not be reached', async () => {
    const { watcher, spender } = await openPurses();
    const events: UsageEvent[] = [];
    for await (const event of watcher.watchUsage({ signal: AbortSignal.timeout(10_000) })) {
      events.push(event);
      if (events.length === 1) {
        proxy.setOpen(false);
        proxy.cut();
        await spender.recordUsage({ credits: 1, tag: 'first' });
        await spender.recordUsage({ credits: 1, tag: 'second' });
        setTimeout(() => proxy.setOpen(true), 150);
      }
      if (events.length === 3) break;
    }
    expect(
      events.map((event) => (event.__typename === 'UsageChange' ? event.usageEntry.tag : event.__typename)),
    ).toEqual(['FeedSnapshot', 'first', 'second']);
  });

  it('begins again with a reset when what it asks for was never there', async () => {
    const { watcher } = await openPurses();
    const events = watcher.watchUsage({ after: '999999' });
    expect((await events.next()).value).toMatchObject({ __typename: 'FeedReset' });
    await events.return?.();
  });

  it('lets a slow reader catch up instead of piling up what it has not read', async () => {
    const feed = await openStandInFeed({ length: 5_000 });
    try {
      const purse = createClient({ url: feed.url, apiKey: 'cp_live_x', webSocketImpl: WebSocket, retry: RETRY });
      let expected = 1;
      for await (const { seq } of purse.watchUsage({ after: '0', signal: AbortSignal.timeout(10_000) })) {
        if (Number(seq) !== expected) throw new Error(`Got ${seq} instead of ${expected}`);
        if (expected === 1) await feed.flooded();
        if (expected++ === 5_000) break;
      }
      expect(expected).toBe(5_001);
      const [first, second] = feed.subscriptions();
      expect([first, Number(second) >= 1_000]).toEqual(['0', true]);
    } finally {
      await feed.close();
    }
  });
});

describe('a subscription that the server ends', () => {
  it('by a regular close of the socket goes on after the last event', async () => {
    const feed = await openStandInFeed({ length: 20, breaks: { at: 10, how: 'close' } });
    const purse = createClient({ url: feed.url, apiKey: 'cp_live_x', webSocketImpl: WebSocket, retry: RETRY });
    const seqs: string[] = [];
    for await (const { seq } of purse.watchUsage({ after: '0', signal: AbortSignal.timeout(5_000) })) {
      if (seqs.push(seq) === 20) break;
    }
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)));
    expect(feed.subscriptions()).toEqual(['0', '9']);
    await feed.close();
  });

  it('by an error on an event hands over what came before, then throws', async () => {
    const feed = await openStandInFeed({ length: 20, breaks: { at: 3, how: 'forbid' } });
    const purse = createClient({ url: feed.url, apiKey: 'cp_live_x', webSocketImpl: WebSocket, retry: RETRY });
    const seqs: string[] = [];
    const watching = (async () => {
      for await (const { seq } of purse.watchUsage({ after: '0' })) seqs.push(seq);
    })();
    await expect(watching).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'No longer.' });
    expect(seqs).toEqual(['1', '2']);
    await feed.close();
  });
});

describe('watchBalance', () => {
  it('begins with the balance and follows it', async () => {
    const { watcher, spender, workspaceId } = await openPurses();
    const operator = createClient({ url: server.url, operatorToken: server.operator.token, webSocketImpl: WebSocket });
    const seen: BalanceEvent[] = [];
    for await (const event of operator.watchBalance({ workspaceId, signal: AbortSignal.timeout(10_000) })) {
      seen.push(event);
      if (seen.length === 1) await spender.recordUsage({ credits: 400 });
      if (seen.length === 2) await operator.grantCredits({ workspaceId, credits: 5 });
      if (seen.length === 3) break;
    }
    expect(seen.map(({ balance }) => balance.available)).toEqual(['1000', '600', '605']);
    expect((await watcher.balance()).seq).toBe(seen.at(-1)?.seq);
  });

  it('ends when its signal aborts', async () => {
    const { watcher } = await openPurses();
    const controller = new AbortController();
    const events: BalanceEvent[] = [];
    for await (const event of watcher.watchBalance({ signal: controller.signal })) {
      events.push(event);
      controller.abort();
    }
    expect(events).toHaveLength(1);
  });
});

describe('the end of a stream', () => {
  it('is UNAUTHENTICATED once the key is revoked, and final', async () => {
    const { watcher } = await openPurses();
    const operator = createClient({ url: server.url, operatorToken: server.operator.token });
    const { id } = (await watcher.apiKey()) ?? { id: '' };
    const watching = (async () => {
      for await (const { seq } of watcher.watchBalance()) if (seq !== '') await operator.revokeApiKey(id);
    })();
    await expect(watching).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is UNAUTHENTICATED for a key that nobody made', async () => {
    const stranger = createClient({ url: server.url, apiKey: 'cp_live_x', webSocketImpl: WebSocket });
    await expect(stranger.watchBalance().next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is FORBIDDEN for a key that may not read', async () => {
    const { owner, workspaceId } = await server.makeWorkspace();
    const { secret } = await server.makeKey(owner, workspaceId, { scopes: ['usage:write'] });
    const writer = createClient({ url: server.url, apiKey: secret, webSocketImpl: WebSocket });
    await expect(writer.watchUsage().next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is UNAVAILABLE when the server was never reached', async () => {
    const nowhere = createClient({
      url: 'http://127.0.0.1:1',
      apiKey: 'cp_live_x',
      webSocketImpl: WebSocket,
      retry: RETRY,
    });
    await expect(nowhere.watchBalance().next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
