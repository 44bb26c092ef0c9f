import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkArchitecture } from './architecture-rules.ts';
import { features, rings } from './architecture-tables.ts';
import { isTypeScript, listFiles, readSources, walkFiles } from './tree.ts';
import { describeViolations } from './violation.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
const shipped = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));

describe('the house as it stands', () => {
  const sources = readSources(listFiles().filter((path) => /^(src|examples)\//.test(path) && isTypeScript(path)));

  it('keeps its rings, its feature order and its module habits', () => {
    expect(describeViolations(checkArchitecture(sources, shipped))).toEqual([]);
  });

  it('was read to the last file', () => {
    const onDisk = walkFiles('src').filter((path) => isTypeScript(path) && !path.startsWith('src/generated/'));
    expect(Array.from(sources.keys()).filter((path) => path.startsWith('src/'))).toEqual(onDisk);
    expect(onDisk.length).toBeGreaterThan(30);
  });
});

/** What a planted import of each kind must be answered with: the file, its text, the rule that sees it. */
const planted: readonly [path: string, source: string, rule: string][] = [
  ['src/lib/backoff.ts', `import type { Permit } from '#core/access/permit';`, 'ring'],
  ['src/lib/backoff.ts', `import { readFile } from 'node:fs/promises';`, 'package'],
  ['src/core/ids.ts', `import { builder } from '#graph/builder';`, 'ring'],
  ['src/core/ids.ts', `import type { GraphQLError } from 'graphql';`, 'package'],
  ['src/core/ids.ts', `import SchemaBuilder from '@pothos/core';`, 'package'],
  ['src/core/ids.ts', `const { createYoga } = await import('graphql-yoga');`, 'package'],
  ['src/core/ids.ts', `import { Redis } from 'ioredis';`, 'package'],
  ['src/core/ids.ts', `import { createServer } from 'node:http';`, 'package'],
  ['src/core/ids.ts', `import { PrismaClient } from '#generated/prisma/client';`, 'ring'],
  ['src/core/ids.ts', `import { PrismaClient } from '../generated/prisma/client.ts';`, 'ring'],
  ['src/adapters/bus.ts', `import { startServer } from '#server/http';`, 'ring'],
  ['src/adapters/bus.ts', `import { sendMail } from '#adapters/mail';`, 'ring'],
  ['src/graph/builder.ts', `import { PrismaClient } from '#generated/prisma/client';`, 'ring'],
  ['src/graph/builder.ts', `import { type Prisma } from '#generated/prisma/client';`, 'ring'],
  ['src/graph/builder.ts', `import { openDb } from '#core/db';`, 'ring'],
  ['src/graph/builder.ts', `import { sendMail } from '#adapters/mail';`, 'ring'],
  ['src/graph/builder.ts', `import { Pool } from 'pg';`, 'package'],
  ['src/server/http.ts', `export const sweep = () => import('#worker/expiry');`, 'ring'],
  ['src/server/http.ts', `import { Pool } from 'pg';`, 'package'],
  ['src/worker/expiry.ts', `type Builder = import('#graph/builder').Builder;`, 'ring'],
  ['src/worker/expiry.ts', `import { graphql } from 'graphql';`, 'package'],
  ['src/dashboard/app.ts', `import { newId } from '#core/ids';`, 'ring'],
  ['src/client/client.ts', `import { newId } from '#core/ids';`, 'ring'],
  ['src/client/client.ts', `import { PrismaPg } from '@prisma/adapter-pg';`, 'package'],
  ['src/cli/main.ts', `import { builder } from '#graph/builder';`, 'ring'],
  ['src/cli/main.ts', `import { Client } from 'pg';`, 'package'],
  ['src/config.ts', `import { newId } from '#core/ids';`, 'ring'],
  ['examples/gateway/api.ts', `import { newId } from '../../src/core/ids.ts';`, 'ring'],
  ['src/jobs/nightly.ts', `export const nightly = 1;`, 'ring'],
  ['src/core/events/bus.ts', `import { rename } from '#core/workspaces/workspaces';`, 'feature'],
  ['src/core/credits/debits.ts', `export type { Report } from '#core/usage/reports';`, 'feature'],
  ['src/core/usage/reports.ts', `import { alert } from '#core/alerts/alerts';`, 'feature'],
  ['src/core/errors.ts', `import type { Debit } from '#core/credits/debits';`, 'feature'],
  ['src/core/invoices/invoices.ts', `export const invoice = 1;`, 'feature'],
  ['src/core/ids.ts', `export const a = process.env.PORT;`, 'environment'],
  ['src/core/ids.ts', `export const a = globalThis.process['env'];`, 'environment'],
  ['src/core/ids.ts', `const { env } = process;`, 'environment'],
  ['src/core/ids.ts', `import { env } from 'node:process';`, 'environment'],
  ['src/main.ts', `import { chromium } from 'left-pad';`, 'unshipped'],
  ['src/main.ts', `import { debits } from '#core/credits';`, 'unresolved-import'],
  ['src/main.ts', `import { world } from '../tests/world/world.ts';`, 'unresolved-import'],
  ['src/main.ts', `export const load = (name: string) => import(name);`, 'unreadable-import'],
  ['src/core/ids.ts', `export default function newId() {}`, 'default-export'],
  ['src/core/ids.ts', `const newId = 1; export { newId as default };`, 'default-export'],
  ['src/core/ids.ts', `export * from '#lib/micro';`, 'barrel'],
  ['src/core/ids.ts', `export { openDb } from '#core/db';`, 'barrel'],
  ['src/core/credits/index.ts', `export const debit = 1;`, 'barrel'],
];

/** A small lawful house that the planted lines are added to, so that every import in them resolves. */
const lawful = new Map(
  Object.entries({
    'src/lib/micro.ts': '',
    'src/lib/backoff.ts': `import { randomInt } from 'node:crypto';`,
    'src/core/db.ts': `import { PrismaClient } from '#generated/prisma/client';\nexport const openDb = () => new PrismaClient();`,
    'src/core/ids.ts': `import type { Prisma } from '#generated/prisma/client';\nimport { LRUCache } from 'lru-cache';`,
    'src/core/errors.ts': '',
    'src/core/access/permit.ts': `import { newId } from '#core/ids';`,
    'src/core/events/bus.ts': `import type { Permit } from '#core/access/permit';`,
    'src/core/workspaces/workspaces.ts': `import { bus } from '#core/events/bus';`,
    'src/core/credits/debits.ts': `import { rename } from '#core/workspaces/workspaces';`,
    'src/core/usage/reports.ts': `import { debit } from '#core/credits/debits';`,
    'src/core/alerts/alerts.ts': '',
    'src/adapters/bus.ts': `import type { Bus } from '#core/events/bus';`,
    'src/adapters/mail.ts': `import { createTransport } from 'nodemailer';`,
    'src/graph/builder.ts': `import SchemaBuilder from '@pothos/core';\nimport type { Db } from '#core/db';\nimport { getDatamodel } from '#generated/pothos-prisma-types';`,
    'src/server/http.ts': `import { createServer } from 'node:http';\nimport { builder } from '#graph/builder';`,
    'src/worker/expiry.ts': `import { debit } from '#core/credits/debits';`,
    'src/client/client.ts': `import { SpendDocument } from './generated/graphql.ts';`,
    'src/client/generated/graphql.ts': `export const SpendDocument = 1;`,
    'src/dashboard/app.ts': `import { useQuery } from 'urql';\nimport { SpendDocument } from '../client/generated/graphql.ts';`,
    'src/cli/main.ts': `import { start } from '#main';\nimport { connect } from '#client/client';`,
    'src/config.ts': `export const config = process.env;`,
    'src/main.ts': `import { openDb } from '#core/db';\nimport { sendMail } from '#adapters/mail';\nimport { config } from '#config';`,
    'examples/gateway/api.ts': `import { connect } from '../../src/client/client.ts';\nimport { Hono } from 'hono';`,
  }),
);

function rulesSeen(path: string, source: string): string[] {
  const sources = new Map(lawful).set(path, `${lawful.get(path) ?? ''}\n${source}`);
  return checkArchitecture(sources, shipped).map((violation) => violation.rule);
}

describe('the checker', () => {
  it('finds nothing in a lawful house', () => {
    expect(describeViolations(checkArchitecture(lawful, shipped))).toEqual([]);
  });

  it.each(planted)('sees in %s: %s', (path, source, rule) => {
    expect(rulesSeen(path, source)).toContain(rule);
  });

  it('sees a cycle, through types as well as values', () => {
    expect(rulesSeen('src/core/access/permit.ts', `import type { Db } from '#core/db';`)).toEqual([]);
    const loop = new Map(lawful)
      .set('src/lib/micro.ts', `import type { wait } from './backoff.ts';`)
      .set('src/lib/backoff.ts', `import { micro } from '#lib/micro';`);
    expect(checkArchitecture(loop, shipped).map((violation) => violation.rule)).toEqual(['cycle']);
  });

  it('refuses to judge a file that it cannot parse', () => {
    expect(() => checkArchitecture(new Map([['src/lib/micro.ts', 'export const = 1']]), shipped)).toThrow(SyntaxError);
  });

  it('has tables without a cycle of their own', () => {
    const order = Object.keys(features);
    for (const [feature, allowed] of Object.entries(features)) {
      for (const below of allowed) expect(order.indexOf(below)).toBeLessThan(order.indexOf(feature));
    }
    expect(Object.keys(rings)).toEqual(
      expect.arrayContaining(['lib', 'core', 'adapters', 'graph', 'server', 'worker']),
    );
  });
});
