import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '#client/client';
import { encodeId } from '#core/ids';
import { openServer, type TestServer } from '../world/server.ts';

let server: TestServer;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  server = await openServer();
  folder = mkdtempSync(join(tmpdir(), 'commonpurse-example-'));
});

afterAll(async () => {
  for (const child of running) child.kill();
  await server.close();
  rmSync(folder, { recursive: true });
});

/** One of the example's scripts, as its README starts it. */
function start(script: string, ...args: string[]): { child: ChildProcess; output: () => string } {
  const command = ['--conditions=source', '--import', 'tsx', `examples/gateway/${script}`, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

it('charges the traffic of the demo keys, as the README says', { timeout: 60_000 }, async () => {
  const { workspaceId, key } = await server.makeWorkspace();
  const operatorToken = server.operator.token;
  const operator = createClient({ url: server.url, operatorToken });
  await operator.setOperation({ name: 'search.people', price: 2 });
  await operator.setOperation({ name: 'enrich.company', price: 5 });
  await operator.setOperation({ name: 'ai.summarize', price: '0.25' });
  const file = join(folder, 'demo.json');
  const workspace = { id: encodeId('Workspace', workspaceId) };
  const keys = [{ name: 'Production Server', environment: 'LIVE', secret: key.secret }];
  writeFileSync(file, JSON.stringify({ url: server.url, operatorToken, workspace, keys }));

  const gateway = start('main.ts', '--demo', file, '--port', '0');
  await expect.poll(gateway.output, { timeout: 20_000 }).toMatch(/http:\/\/localhost:\d+;/);
  const url = /http:\/\/localhost:\d+/.exec(gateway.output())?.[0] ?? '';
  const options = ['--top-up', '50', '--calls', '30', '--concurrency', '4'];
  const traffic = start('traffic.ts', '--demo', file, '--gateway', url, ...options);
  const [code] = (await once(traffic.child, 'close')) as [number];
  expect(traffic.output()).toContain('one entry for each call');
  expect(code).toBe(0);
  gateway.child.kill();
  expect(await once(gateway.child, 'close')).toEqual([0, null]);
});

it('says how to get a demo where there is none', { timeout: 60_000 }, async () => {
  const { child, output } = start('traffic.ts', '--demo', join(folder, 'nothing.json'));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(output()).toContain('start Commonpurse first');
});
