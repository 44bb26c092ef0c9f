import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { EventSource } from 'eventsource';
import { tap } from 'rxjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '#client/client';
import { openProxy, type Proxy } from '../client/proxy.ts';
import { freePort } from '../world/redis.ts';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { followSse, openClient } from './clients.ts';

const USAGE = `subscription ($after: Seq) { event: usageRecorded(after: $after) {
  ... on FeedSnapshot { seq } ... on UsageChange { seq } ... on FeedReset { seq } } }`;
const RETRIES = 1_000;

/** The node that goes away, behind a network that is cut, and one that stays, where everything is written. */
let home: TestServer;
let network: Proxy;
let away: TestServer;
let port: number;
beforeAll(async () => {
  home = await openServer({}, { isShared: true });
  port = await freePort();
  away = await openServer({ port }, { beside: home });
  network = await openProxy(away.url);
});
afterAll(async () => {
  await network.close();
  await away.close();
  await home.close();
});

interface Told {
  event: { seq: string };
}

/** Follows the usage log through the network; `hear` gets each seq. @returns what ends it. */
type FollowWith = (token: string, hear: (seq: string) => void) => () => Promise<void>;

const socketUrl = (): string => `${network.url.replace('http', 'ws')}/graphql`;

const clients: [name: string, followWith: FollowWith][] = [
  [
    'graphql-ws, whose variables are sent anew on each socket',
    (token, hear) => {
      const client = openClient(socketUrl(), { token, retryAttempts: RETRIES });
      const variables: { after?: string } = {};
      client.subscribe<Told>(
        { query: USAGE, variables },
        {
          next: ({ data }) => data && hear((variables.after = data.event.seq)),
          error: () => undefined,
          complete: () => undefined,
        },
      );
      return async () => client.dispose();
    },
  ],
  [
    'Apollo, with a link that writes the last seq into the variables',
    (token, hear) => {
      const sockets = openClient(socketUrl(), { token, retryAttempts: RETRIES });
      const resume = new ApolloLink((operation, forward) =>
        forward(operation).pipe(
          tap(({ data }) => {
            if (data) operation.variables['after'] = (data as unknown as Told).event.seq;
          }),
        ),
      );
      const client = new ApolloClient({
        cache: new InMemoryCache(),
        link: ApolloLink.from([resume, new GraphQLWsLink(sockets)]),
      });
      const following = client
        .subscribe<Told>({ query: gql(USAGE), fetchPolicy: 'no-cache' })
        .subscribe(({ data }) => data && hear(data.event.seq));
      return async () => {
        following.unsubscribe();
        client.stop();
        await sockets.dispose();
      };
    },
  ],
  [
    'urql, whose way to the socket writes the last seq into the variables',
    (token, hear) => {
      const sockets = openClient(socketUrl(), { token, retryAttempts: RETRIES });
      const exchange = subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => {
          const operation = { query, variables: { ...variables } };
          return {
            subscribe(sink) {
              const next = (result: { data?: unknown }): void => {
                if (result.data) operation.variables['after'] = (result.data as Told).event.seq;
                sink.next(result as Parameters<typeof sink.next>[0]);
              };
              const rest = { error: sink.error.bind(sink), complete: sink.complete.bind(sink) };
              return { unsubscribe: sockets.subscribe(operation, { next, ...rest }) };
            },
          };
        },
      });
      const client = new Client({ url: network.url, preferGetMethod: false, exchanges: [exchange] });
      const following = client
        .subscription<Told, object>(USAGE, {})
        .subscribe(({ data }) => data && hear(data.event.seq));
      return async () => {
        following.unsubscribe();
        await sockets.dispose();
      };
    },
  ],
  [
    'a stock EventSource, which knows of nothing but ids',
    (token, hear) => {
      const source = new EventSource(`${network.url}/graphql?${new URLSearchParams({ query: USAGE })}`, {
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
      });
      source.addEventListener('next', ({ data }) => hear((JSON.parse(data) as { data: Told }).data.event.seq));
      return async () => source.close();
    },
  ],
  [
    'server-sent events, asked for again with the last seq',
    (token, hear) => {
      const ending = new AbortController();
      let after: string | null = null;
      const followOnce = async (): Promise<void> => {
        const stream = await followSse(network.url, USAGE, { token, variables: { after } });
        let count = 0;
        const readOn = (): boolean => {
          for (const { data } of stream.events.slice(count)) hear((after = data.event.seq as string));
          count = stream.events.length;
          return ending.signal.aborted || stream.failure !== null;
        };
        await stream.until(readOn, 60_000);
        readOn();
        stream.stop();
      };
      const following = (async () => {
        while (!ending.signal.aborted) await followOnce().catch(() => sleep(20));
      })();
      return async () => {
        ending.abort();
        await following;
      };
    },
  ],
  [
    'our own client',
    (token, hear) => {
      const ending = new AbortController();
      const retry = { attemptsMax: 5, delayMinMs: 10, delayMaxMs: 100 };
      const client = createClient({ apiKey: token, url: network.url, webSocketImpl: WebSocket, retry });
      const following = (async () => {
        for await (const { seq } of client.watchUsage({ signal: ending.signal })) hear(seq);
      })();
      return async () => {
        ending.abort();
        await following;
      };
    },
  ],
];

test.each(clients)('%s, goes on without a gap after a restart of its server and a cut', async (_name, followWith) => {
  const { key } = await home.makeWorkspace({ credits: credits(100) });
  const heard: number[] = [];
  const stop = followWith(key.secret, (seq) => heard.push(Number(seq)));
  const spendTo = async (seq: number): Promise<void> => {
    for (let last = ''; last !== String(seq);) {
      const { data } = await home.request(
        `mutation { recordUsage(input: { credits: 1, idempotencyKey: "${randomUUID()}" }) { ... on RecordUsagePayload { seq } } }`,
        { token: key.secret },
      );
      last = data.recordUsage.seq as string;
    }
  };
  const hasHeard = (seq: number): Promise<void> =>
    expect.poll(() => heard, { timeout: 10_000, interval: 5 }).toEqual(Array.from({ length: seq }, (_, n) => n + 1));
  await hasHeard(1);
  await spendTo(3);
  await hasHeard(3);
  await away.close();
  await spendTo(6);
  away = await openServer({ port }, { beside: home });
  await hasHeard(6);
  const before = network.connections();
  expect(network.cut()).toBeGreaterThan(0);
  await spendTo(9);
  await hasHeard(9);
  expect(network.connections()).toBeGreaterThan(before);
  await stop();
});
