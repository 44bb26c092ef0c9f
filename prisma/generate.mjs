/// <reference types="node" />
// `npm run db:generate`: the Prisma client and the Pothos types, without a network. Plain JavaScript with no
// dependency but the CLI, since the launcher runs it before anything of ours is built.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');

const { status, error } = spawnSync(
  process.execPath,
  [cli, 'generate', '--no-hints', '--config', 'prisma/prisma.config.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      // The Pothos generator is looked up by name; npm would put this folder on the path, the launcher does not.
      PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH,
      PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(new URL('engine-stub.mjs', import.meta.url)),
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  },
);
if (error) throw error;
process.exit(status ?? 1);
