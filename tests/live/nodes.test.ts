import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeId } from '#core/ids';
import { freePort, hasRedis, startRedis } from '../world/redis.ts';
import { openServer, type TestServer } from '../world/server.ts';
import { follow, openClient, type Stream } from './clients.ts';

const USAGE = 'subscription { event: usageRecorded { ... on UsageChange { seq } ... on FeedSnapshot { seq } } }';
const DEBIT = `mutation ($key: String!) { recordUsage(input: { credits: "0.000001", idempotencyKey: $key }) {
  __typename ... on RecordUsagePayload { seq } } }`;
const REVOKE = 'mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { __typename } }';
/** A node that was told nothing goes on with what it knows of a key for longer. */
const SOON = { timeout: 900, interval: 5 };

const seqsOf = ({ events }: Stream): number[] => events.map(({ data }) => Number(data?.event.seq));

interface Nodes {
  one: TestServer;
  other: TestServer;
  close(): Promise<void>;
}

function behaviour(open: () => Promise<Nodes>): void {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await open();
  }, 30_000);
  afterAll(() => nodes.close());

  test('whoever follows one node sees every debit of the other, once and in order', async () => {
    const { one, other } = nodes;
    const { key } = await one.makeWorkspace({
      credits: 1n,
      key: { scopes: ['usage:write', 'usage:read', 'balance:read'] },
    });
    const client = openClient(other.socketUrl, { token: key.secret });
    const stream = follow(client, USAGE);
    await stream.until(({ events }) => events.length > 0);
    for (let turn = 0; turn < 20; turn++) {
      const node = turn % 2 === 0 ? one : other;
      await node.request(DEBIT, { token: key.secret, variables: { key: randomUUID() } });
    }
    await stream.until(({ events }) => events.length > 20, 3_000);
    const [first = 0, ...rest] = seqsOf(stream);
    expect(rest).toEqual(Array.from({ length: 20 }, (_, index) => first + index + 1));
    await client.dispose();
  });

  test('a key that is revoked on one node is refused by the other, which knew it', async () => {
    const { one, other } = nodes;
    const { key: doomed } = await one.makeWorkspace();
    const errorsOf = async () => (await other.request('{ workspace { id } }', { token: doomed.secret })).errors ?? [];
    expect(await errorsOf()).toEqual([]);
    const input = { apiKeyId: encodeId('ApiKey', doomed.actor.apiKeyId) };
    const { data } = await one.request(REVOKE, { token: one.operator.token, variables: { input } });
    expect(data.revokeApiKey.__typename).toBe('RevokeApiKeyPayload');
    await expect
      .poll(async () => (await errorsOf()).map(({ extensions }) => extensions['code']), SOON)
      .toEqual(['UNAUTHENTICATED']);
  });
}

describe('two nodes that tell each other through PostgreSQL', () => {
  behaviour(async () => {
    const one = await openServer({}, { isShared: true });
    const other = await openServer({}, { beside: one });
    return { one, other, close: () => other.close().then(() => one.close()) };
  });
});

// Skipped: where there is no redis-server on PATH. CI installs one.
describe.runIf(hasRedis)('two nodes that tell each other through Redis', () => {
  behaviour(async () => {
    const port = await freePort();
    const redis = await startRedis(port);
    const one = await openServer({ redisUrl: `redis://127.0.0.1:${port}` }, { isShared: true });
    const other = await openServer({ redisUrl: `redis://127.0.0.1:${port}` }, { beside: one });
    return {
      one,
      other,
      close: () =>
        other
          .close()
          .then(() => one.close())
          .then(() => void redis.kill()),
    };
  });
});
