import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const total = (told: object) => ({ period: 'TOTAL', resetsAt: null, ...told });

test('a key is shown what it spends and what part of each cap that is, above the whole when it was lowered since', async () => {
  const { workspaceId, key } = await server.makeWorkspace({ credits: credits(100) });
  const { apiKeyId } = key.actor;
  const ask = async () => {
    const document = '{ apiKey { spending { total } caps { period credits spent remaining share resetsAt } } }';
    const { data } = await server.request(document, { token: key.secret });
    return data.apiKey as unknown;
  };
  const capped = (capTotal: bigint) => server.db.apiKey.update({ where: { id: apiKeyId }, data: { capTotal } });
  expect(await ask()).toEqual({ spending: { total: '0' }, caps: [] });
  await capped(credits(32));
  expect(await ask()).toMatchObject({ caps: [total({ credits: '32', spent: '0', remaining: '32', share: 0 })] });
  const call = { apiKeyId, credits: credits(4), idempotencyKey: randomUUID() };
  await server.credits.recordUsage(await server.permit(key.actor, 'usage:write', workspaceId), call);
  expect(await ask()).toEqual({
    spending: { total: '4' },
    caps: [total({ credits: '32', spent: '4', remaining: '28', share: 0.125 })],
  });
  await capped(credits(3));
  expect(await ask()).toMatchObject({
    caps: [total({ credits: '3', spent: '4', remaining: '0', share: 1.333333 })],
  });
});
