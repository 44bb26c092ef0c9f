// `npm run topology -- --nodes 3`: what compose.yaml runs in containers as plain processes, so that one may kill them and
// see what callers see. DATABASE_URL and REDIS_URL are used if set; otherwise an embedded PostgreSQL that is gone afterwards.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { removeData } from '../world/data-folder.ts';
import { checkout } from './release.ts';
import { openTopology } from './topology.ts';

const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '2' }, port: { type: 'string', default: '4000' } },
});
const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const { DATABASE_URL = '', REDIS_URL = '' } = process.env;
const folder = await mkdtemp(join(tmpdir(), 'commonpurse-topology-'));
const database = DATABASE_URL
  ? { url: DATABASE_URL, stop: async () => {} }
  : await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: (line) => console.log(`  ${line}`) });
try {
  const env = { DATABASE_URL: database.url, REDIS_URL, COMMONPURSE_DATA_DIR: join(folder, 'demo'), SEED: 'true' };
  const topology = await openTopology({ env, port: Number(values.port) });
  try {
    // One after the other: the first migrates and seeds.
    for (let count = Number(values.nodes); count > 0; count--) await topology.start(checkout);
    console.log(topology.nodes[0]?.output());
    for (const { process: node, port } of topology.nodes) console.log(`  Node      port ${port}, kill -9 ${node.pid}`);
    console.log(`\n  ${topology.nodes.length} nodes share ${topology.url}. Control-C ends them.\n`);
    await stopped;
  } finally {
    await topology.close();
  }
} finally {
  await database.stop();
  await removeData(join(folder, 'data'));
  await rm(folder, { recursive: true, force: true });
}
