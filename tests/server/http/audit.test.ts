import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../../world/server.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const AUDITS = 61;

test.each(['nobody', 'an API key'])('passes every MUST and SHOULD of GraphQL over HTTP for %s', async (caller) => {
  const { key } = await server.makeWorkspace();
  const authorization = `Bearer ${key.secret}`;
  const results = await auditServer({
    url: `${server.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, caller === 'nobody' ? init : { ...init, headers: { ...(init.headers as object), authorization } }),
  });
  expect(results).toHaveLength(AUDITS);
  const failed = results.flatMap((result) => (result.status === 'ok' ? [] : [`${result.name}: ${result.reason}`]));
  expect(failed.filter((line) => /^(MUST|SHOULD)/.test(line))).toEqual([]);
});
