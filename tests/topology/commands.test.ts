import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test('the command of the README starts nodes that share one address, and ends them', { timeout: 150_000 }, async () => {
  const [, name = ''] = /^npm run (topology)$/m.exec(readme) ?? [];
  const [, ...args] = (scripts[name] ?? '').split(' ');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...args, '--port', '0'], { env: { PATH, HOME } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close');
  // It ends its nodes; a second signal changes nothing.
  onTestFinished(() => void child.kill('SIGTERM'));
  await expect.poll(() => /2 nodes share/.exec(output)?.[0], { timeout: 120_000 }).toBe('2 nodes share');
  const curl = /curl .*\n.*/.exec(output)?.[0] ?? 'false';
  const { stdout } = await promisify(execFile)('sh', ['-c', curl.replace('curl ', 'curl -s ')]);
  expect(JSON.parse(stdout)).toMatchObject({ data: { recordUsage: { credits: '5' } } });
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  const pids = Array.from(output.matchAll(/kill -9 (\d+)/g), ([, pid]) => Number(pid));
  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
