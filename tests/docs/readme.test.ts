import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '#config';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import type { TestWorkspace } from '../world/world.ts';

const readme = readFileSync('README.md', 'utf8');
const blocks = Array.from(readme.matchAll(/^```(\w+)\n(.*?)^```/gms), ([, language = '', text = '']) => ({
  language,
  text,
}));
const blocksOf = (language: string, pattern = /^/): string[] =>
  blocks.filter((block) => block.language === language && pattern.test(block.text)).map(({ text }) => text);

let server: TestServer;
let workspace: TestWorkspace;
beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ credits: credits(100) });
});
afterAll(() => server.close());

/** The block as a reader would run it, but against this server; ends the program once `enough` of its output came. */
async function run(
  file: string,
  args: string[],
  { input = '', enough = /$^/ }: { input?: string; enough?: RegExp } = {},
) {
  const child = spawn(file, args, {
    env: { ...process.env, COMMONPURSE_API_KEY: workspace.key.secret },
    detached: true,
  });
  let output = '';
  const note = (part: Buffer): void => {
    output += part.toString();
    if (enough.test(output)) process.kill(-child.pid!, 'SIGTERM');
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  child.stdin.end(input);
  await new Promise((resolve) => child.on('close', resolve));
  return output;
}

const here = (text: string): string =>
  text
    .replaceAll('http://localhost:4000', server.url)
    .replaceAll('ws://localhost:4000', server.url.replace('http', 'ws'));

const spend = (): Promise<unknown> =>
  server.request(
    'mutation ($key: String!) { recordUsage(input: { credits: 1, idempotencyKey: $key }) { __typename } }',
    {
      variables: { key: crypto.randomUUID() },
      token: workspace.key.secret,
    },
  );

test('every block is of a kind that a test runs or reads', () => {
  expect(blocks.map(({ language }) => language).toSorted()).toEqual(
    [...Array<string>(8).fill('sh'), 'graphql', 'graphql', 'graphql', 'js', 'text'].toSorted(),
  );
  expect(blocksOf('sh', /^npm install/)).toEqual(['npm install && npm start\n', 'npm install && npm test\n']);
});

test('the curl spends 5 credits once, however often it is sent', async () => {
  const [block = ''] = blocksOf('sh', /recordUsage/);
  const first: unknown = JSON.parse(await run('bash', ['-c', here(block).replace('curl', 'curl -sS')]));
  const again: unknown = JSON.parse(await run('bash', ['-c', here(block).replace('curl', 'curl -sS')]));
  const payload = { credits: '5', balance: { available: '95' } };
  expect(first).toMatchObject({ data: { recordUsage: { ...payload, replayed: false } } });
  expect(again).toMatchObject({ data: { recordUsage: { ...payload, replayed: true } } });
});

test('the query answers with the balance and the calls', async () => {
  const [block = ''] = blocksOf('graphql', /^query(?! Usage)/);
  const { data, errors } = await server.request(block, { token: workspace.key.secret });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ workspace: { name: 'Acme', balance: { available: expect.any(String) } } });
  expect(data.workspace.usage.edges.length).toBeGreaterThan(0);
});

test('the subscription in the text is understood as it stands', async () => {
  const [document = ''] = blocksOf('graphql', /^subscription/);
  const headers = [
    `content-type: application/json`,
    'accept: text/event-stream',
    `authorization: Bearer ${workspace.key.secret}`,
  ];
  const args = ['-sSN', `${server.url}/graphql`, ...headers.flatMap((header) => ['-H', header])];
  const output = await run('curl', [...args, '-d', JSON.stringify({ query: document })], {
    enough: /FeedSnapshot.*|error/,
  });
  expect(output).toMatch(/"__typename":"FeedSnapshot","seq":"\d+","balance"/);
});

test('the curl of server-sent events shows the state, then each change', async () => {
  const [block = ''] = blocksOf('sh', /text\/event-stream/);
  const watching = run('bash', ['-c', here(block)], { enough: /(available.*){2}/s });
  const spending = setInterval(() => void spend(), 200);
  const output = await watching.finally(() => clearInterval(spending));
  const seqs = Array.from(output.matchAll(/"seq":"(\d+)"/g), ([, seq]) => Number(seq));
  expect(seqs.length).toBeGreaterThanOrEqual(2);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
});

test('the program over a socket prints the state, then a change', async () => {
  const [block = ''] = blocksOf('js');
  // What a browser has and Node.js 20 lacks.
  const given = `import { WebSocket } from 'ws'; globalThis.WebSocket = WebSocket; const apiKey = process.env.COMMONPURSE_API_KEY;\n`;
  const watching = run('node', ['--input-type=module'], { input: given + here(block), enough: /available|Error/ });
  const spending = setInterval(() => void spend(), 200);
  expect(await watching.finally(() => clearInterval(spending))).toMatch(
    /seq: '\d+'.*seq: '\d+', balance: \{ available: '\d+' \}/s,
  );
});

test('the summary of usage answers', async () => {
  await spend();
  const [block = ''] = blocksOf('graphql', /^query Usage/);
  const { data, errors } = await server.request(block, { token: workspace.key.secret });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ workspace: { runway: { confidence: 'LOW' }, spending: { today: expect.any(String) } } });
  expect(data.workspace.usageSummary.total.calls).toBeGreaterThan(0);
});

test('the export is a command with the options that it is shown with', () => {
  const [block = ''] = blocksOf('sh', /^npx commonpurse export/);
  const program = readFileSync('src/cli/main.ts', 'utf8');
  expect(program).toContain(`.command('export')`);
  for (const [, option] of block.matchAll(/(--\w[\w-]*)/g)) expect(program).toContain(`'${option} <`);
});

test('the operator token comes from a command that exists', () => {
  const [block = ''] = blocksOf('sh', /^npx commonpurse operator-token/);
  const [, command = '', option = ''] = /^npx commonpurse (\S+) (--\w+) \w+\n$/.exec(block) ?? [];
  const program = readFileSync('src/cli/main.ts', 'utf8');
  expect(program).toContain(`.command('${command}')`);
  expect(program).toContain(`'${option} <`);
});

test('the environment in the table is what the product reads and .env.example explains', () => {
  const rows = Array.from(readme.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) +\|/gm), ([, names = '']) => names);
  const names = rows.flatMap((row) => Array.from(row.matchAll(/[A-Z_]+/g), ([name]) => name));
  const example = readFileSync('.env.example', 'utf8');
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) expect(example).toMatch(new RegExp(`^${name}=`, 'm'));
  const own = { DATABASE_URL: 'postgresql://localhost/purse' };
  const problems = () => readConfig(own);
  expect(problems).toThrow(/AUTH_SECRET[^]*SEALING_KEY/);
  expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 4000 });
});

test('what it points to is there', () => {
  const paths = Array.from(readme.matchAll(/\]\((?!https?:)([^)]+)\)/g), ([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(4);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
