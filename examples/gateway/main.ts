import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { createClient } from '#client/client';
import { DEMO_FILE, readDemo } from './demo.ts';
import { createGateway } from './gateway.ts';

const { values } = parseArgs({
  options: { demo: { type: 'string', default: DEMO_FILE }, port: { type: 'string', default: '4100' } },
});

const { url, operatorToken } = await readDemo(values.demo);
const { fetch } = createGateway(createClient({ url, operatorToken }));
const server = serve({ fetch, port: Number(values.port), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`The gateway is at http://localhost:${port}; Commonpurse is at ${url}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
