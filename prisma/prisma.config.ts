import { defineConfig } from 'prisma/config';

// Only the Prisma CLI's own migrate commands read it, for those who prefer them: generating needs no database.
const url = process.env['DATABASE_DIRECT_URL'] ?? process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'schema',
  migrations: { path: 'migrations' },
  ...(url && { datasource: { url } }),
});
