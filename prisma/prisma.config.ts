import { defineConfig } from 'prisma/config';

// No datasource URL: `generate` needs none, and migrations go through src/adapters/migrations.ts, never through this CLI.
export default defineConfig({
  schema: 'schema',
  migrations: { path: 'migrations' },
});
