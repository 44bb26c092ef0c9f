import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const database = fileURLToPath(new URL('world/postgres.ts', import.meta.url));

// The `source` condition makes `#core/ids` mean src/core/ids.ts: tests judge what is written, not what was last built.
const conditions = ['source', ...defaultServerConditions];

// One graphql for our files and for the libraries that Node loads: the package's ESM copy is another instance, with types of its own.
const graphql = fileURLToPath(new URL('../node_modules/graphql/index.js', import.meta.url));

const resolve = { conditions, alias: [{ find: /^graphql$/, replacement: graphql }] };

const shared = { resolve, ssr: { resolve: { conditions } } };

export default defineConfig({
  root,
  test: {
    // Two workers: the server of a database test and the test itself share two cores.
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        root,
        test: {
          name: 'house',
          include: ['tests/house/**/*.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        root,
        test: {
          name: 'product',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/house/**'],
          globalSetup: existsSync(database) ? [database] : [],
          pool: 'forks',
          // One process after another loads the product once for all its files, not once for each.
          isolate: false,
          // Against a hang, not against a slow machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
