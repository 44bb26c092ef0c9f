import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { encodeId } from '#core/ids';
import { DebitConnection } from './debit-connection.ts';
import { openGround } from './ground.ts';
import { startServer, stopServer } from './servers.ts';
const N = Number(process.argv[2] ?? 2000), E = 20;
const Q = `subscription ($w: ID!) { event: usageRecorded(workspaceId: $w) { ... on FeedSnapshot { seq } ... on UsageChange { seq usageEntry { id operation outcome units credits tag createdAt apiKey { name } basePrice discountPercent } } } }`;
let heard = 0, last = '';
async function open(url: string, auth: string, w: string) {
  const s = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { perMessageDeflate: false });
  await once(s, 'open');
  s.send(JSON.stringify({ type: 'connection_init', payload: { authorization: auth } }));
  await once(s, 'message');
  s.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: Q, variables: { w } } }));
  const [m] = await once(s, 'message');
  if (!String(m).includes('"seq"')) throw new Error(String(m));
  s.on('message', (d) => { heard++; if (heard % 1000 === 0) last = d.toString(); });
  return s;
}
async function openAll(url: string, auth: string, w: string) { const all: WebSocket[] = []; while (all.length < N) all.push(...(await Promise.all(Array.from({ length: 50 }, () => open(url, auth, w))))); return all; }
async function cpu(child: any) { child.send('cpu'); const [m] = await once(child, 'message'); return m.cpuMicros as number; }
const ground = await openGround();
const spender = await ground.makeSpender();
const auth = `Bearer ${spender.secret}`;
const w = encodeId('Workspace', spender.workspaceId);
const server = await startServer('product', ground.databaseUrl);
const execArgv = ['--conditions=source', '--import', 'tsx', ...(process.env.PROFILE ? [] : [])];
const bare = fork(fileURLToPath(new URL('./_bare.ts', import.meta.url)), [], { execArgv });
const [{ url: bareUrl }] = await once(bare, 'message') as any;
const a = await openAll(server.url, auth, w);
const b = await openAll(bareUrl, auth, w);
const conn = await DebitConnection.open(server.url, spender.secret);
const idle0 = await cpu(server.child);
for (let r = 0; r < 5; r++) {
  let ours = 0, theirs = 0;
  for (let e = 0; e < E; e++) {
    const h = heard; const c0 = await cpu(server.child); await conn.recordUsage();
    while (heard < h + N) await new Promise((r) => setTimeout(r, 2));
    ours += (await cpu(server.child)) - c0;
    const h2 = heard; const d0 = await cpu(bare); bare.send({ text: last });
    while (heard < h2 + N) await new Promise((r) => setTimeout(r, 2));
    theirs += (await cpu(bare)) - d0;
  }
  console.log(N, 'ours', (ours / E / N).toFixed(2), 'bare', (theirs / E / N).toFixed(2), 'bytes', last.length);
}
for (const s of [...a, ...b]) s.terminate();
conn.close(); bare.kill(); await stopServer(server); await ground.close(); process.exit();
