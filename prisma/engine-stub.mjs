#!/usr/bin/env node
// Stands where the Prisma CLI looks for its native schema engine, so that it downloads nothing. It fails on purpose:
// with a stub that succeeds, `prisma migrate deploy` reports success and applies nothing.
const message =
  'The native schema engine of Prisma is not used in this project. "npm run db:migration -- <name>" writes a migration, ' +
  '"commonpurse migrate" applies what is there.';

// The CLI drops the first line that an engine writes and reads the others as its log.
console.error(`${message}\n${JSON.stringify({ level: 'ERROR', fields: { message } })}`);
process.exit(1);
