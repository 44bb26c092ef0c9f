#!/usr/bin/env node
// Stands where the Prisma CLI looks for its native schema engine, so that it downloads nothing. It fails on purpose:
// with a stub that succeeds, `prisma migrate deploy` reports success and applies nothing.
console.error(
  'Prisma’s native schema engine is not used in this project. Run "npm run db:migration -- <name>" to write a migration ' +
    'and "commonpurse migrate" to apply migrations.',
);
process.exit(1);
