import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, SCOPES } from '#core/access/policy';
import { encodeId, newId } from '#core/ids';
import { schema } from '#graph/schema';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';

const ROLES = ['OWNER', 'ADMIN', 'MEMBER', 'VIEWER'] as const;
type Who = (typeof ROLES)[number] | Scope | 'operator' | 'foreign member' | 'foreign key' | 'nobody';

const EVERYONE: Who[] = [...ROLES, ...SCOPES, 'operator', 'foreign member', 'foreign key', 'nobody'];

/** What each caller sends to say who they are. */
const headersOf = new Map<Who, Record<string, string>>();

let server: TestServer;
let workspace: TestWorkspace;
let apiKeyId: string;

beforeAll(async () => {
  server = await openServer();
  workspace = await server.makeWorkspace({ credits: credits(1_000) });
  const spare = await server.makeKey(workspace.owner, workspace.workspaceId);
  apiKeyId = encodeId('ApiKey', spare.actor.apiKeyId);
  for (const role of ROLES) headersOf.set(role, { cookie: await signUp(role) });
  headersOf.set('foreign member', { cookie: await signUp(null) });
  for (const scope of SCOPES) {
    const { secret } = await server.makeKey(workspace.owner, workspace.workspaceId, { scopes: [scope] });
    headersOf.set(scope, { authorization: `Bearer ${secret}` });
  }
  const foreign = await server.makeWorkspace({ key: { scopes: [...SCOPES] } });
  headersOf.set('foreign key', { authorization: `Bearer ${foreign.key.secret}` });
  headersOf.set('operator', { authorization: `Bearer ${server.operator.token}` });
  headersOf.set('nobody', {});
}, 60_000);
afterAll(() => server.close());

/** Signs up over HTTP and, with a role, joins the workspace; returns the cookie. */
async function signUp(role: (typeof ROLES)[number] | null): Promise<string> {
  const { userId, cookie } = await server.signUp();
  if (role) {
    await server.db.member.create({
      data: { id: newId(), workspaceId: workspace.workspaceId, userId, role, createdAt: new Date() },
    });
  }
  return cookie;
}

/** How a caller fares: 'ok', or the code of the refusal, from the union or from the top level. */
async function fare(who: Who, document: string): Promise<string> {
  const { data, errors } = await server.request(document, { headers: headersOf.get(who) ?? {} });
  const value = Object.values((data ?? {}) as Record<string, { code?: string } | null>)[0];
  if (errors?.[0]) return String(errors[0].extensions['code']);
  return value === null ? 'null' : (value?.code ?? 'ok');
}

const id = (): string => encodeId('Workspace', workspace.workspaceId);
const key = (): string => randomUUID();
const error = '... on UserError { code }';

interface Row {
  field: string;
  document: () => string;
  ok: Who[];
  /** What insiders without the right get; outsiders get NOT_FOUND, nobody UNAUTHENTICATED. */
  otherwise?: string;
  /** Callers that fare neither way. */
  except?: Partial<Record<Who, string>>;
}

const anyUser: Who[] = [...ROLES, 'foreign member'];

const rows: Row[] = [
  {
    field: 'createWorkspace',
    document: () =>
      `mutation { createWorkspace(input: { name: "New", idempotencyKey: "${key()}" }) { __typename ${error} } }`,
    ok: anyUser,
    except: { 'foreign key': 'FORBIDDEN' },
  },
  {
    field: 'renameWorkspace',
    document: () =>
      `mutation { renameWorkspace(input: { workspaceId: "${id()}", name: "Acme" }) { __typename ${error} } }`,
    ok: ['OWNER', 'ADMIN'],
  },
  {
    field: 'deleteWorkspace',
    document: () =>
      `mutation { deleteWorkspace(input: { workspaceId: "${id()}", name: "Not Acme" }) { __typename ${error} } }`,
    ok: [],
    except: { OWNER: 'VALIDATION_FAILED' },
  },
  {
    field: 'restoreWorkspace',
    document: () => `mutation { restoreWorkspace(input: { workspaceId: "${id()}" }) { __typename ${error} } }`,
    ok: [],
    except: { OWNER: 'CONFLICT', operator: 'CONFLICT' },
  },
  {
    field: 'transferWorkspace',
    document: () =>
      `mutation { transferWorkspace(input: { workspaceId: "${id()}", memberId: "${encodeId('Member', newId())}" }) { __typename ${error} } }`,
    ok: [],
    except: { OWNER: 'NOT_FOUND' },
  },
  {
    field: 'createApiKey',
    document: () =>
      `mutation { createApiKey(input: { workspaceId: "${id()}", name: "k", idempotencyKey: "${key()}" }) { __typename ${error} } }`,
    ok: ['OWNER', 'ADMIN', 'MEMBER'],
  },
  {
    field: 'revokeApiKey',
    document: () => `mutation { revokeApiKey(input: { apiKeyId: "${apiKeyId}" }) { __typename ${error} } }`,
    ok: ['OWNER', 'ADMIN', 'MEMBER', 'keys:write', 'operator'],
  },
  {
    field: 'setOperation',
    document: () => `mutation { setOperation(input: { name: "search.people", price: "1" }) { __typename ${error} } }`,
    ok: ['operator'],
    except: { 'foreign member': 'FORBIDDEN', 'foreign key': 'FORBIDDEN' },
  },
  {
    field: 'grantCredits',
    document: () =>
      `mutation { grantCredits(input: { workspaceId: "${id()}", credits: "1", idempotencyKey: "${key()}" }) { __typename ${error} } }`,
    ok: ['operator'],
  },
  {
    field: 'recordUsage',
    document: () =>
      `mutation { recordUsage(input: { credits: 0, idempotencyKey: "${key()}" }) { __typename ${error} } }`,
    // A foreign key spends from its own workspace; an operator must name the customer's key.
    ok: ['usage:write', 'foreign key'],
    except: { operator: 'VALIDATION_FAILED', 'foreign member': 'FORBIDDEN' },
  },
  {
    field: 'revokeSession',
    document: () => `mutation { revokeSession(input: { sessionId: "x" }) { __typename ${error} } }`,
    ok: [],
    except: { ...Object.fromEntries(anyUser.map((who) => [who, 'NOT_FOUND'])), 'foreign key': 'FORBIDDEN' },
  },
  {
    field: 'revokeOtherSessions',
    document: () => `mutation { revokeOtherSessions(input: { keepSessionId: "x" }) { __typename ${error} } }`,
    ok: [],
    except: { ...Object.fromEntries(anyUser.map((who) => [who, 'NOT_FOUND'])), 'foreign key': 'FORBIDDEN' },
  },
];

test('the table names every mutation of the schema', () => {
  expect(rows.map(({ field }) => field).toSorted()).toEqual(
    Object.keys(schema.getMutationType()?.getFields() ?? {}).toSorted(),
  );
});

test.each(rows)('$field is for those whom the policy names, and refuses the others by name', async (row) => {
  const { document, ok, otherwise = 'FORBIDDEN', except = {} } = row;
  const expected = (who: Who): string => {
    if (ok.includes(who)) return 'ok';
    if (who === 'nobody') return 'UNAUTHENTICATED';
    return except[who] ?? (who.startsWith('foreign') ? 'NOT_FOUND' : otherwise);
  };
  const fared: Record<string, string> = {};
  for (const who of EVERYONE) fared[who] = await fare(who, document());
  expect(fared).toEqual(Object.fromEntries(EVERYONE.map((who) => [who, expected(who)])));
});

test('a foreign workspace is null to outsiders, like one that does not exist', async () => {
  for (const who of ['foreign member', 'foreign key'] as const) {
    expect(await fare(who, `{ workspace(id: "${id()}") { name balance { available } } }`)).toBe('null');
    expect(await fare(who, `{ node(id: "${id()}") { id } }`)).toBe('null');
    expect(await fare(who, `{ node(id: "${apiKeyId}") { id } }`)).toBe('null');
    expect(await fare(who, `{ workspace(id: "${encodeId('Workspace', newId())}") { name } }`)).toBe('null');
  }
});

/** The callers that get a field of the workspace. */
async function whoMay(field: string): Promise<Who[]> {
  const document = `{ workspace(id: "${id()}") { ${field} } }`;
  const fared = await Promise.all(EVERYONE.map(async (who) => [who, await fare(who, document)] as const));
  return fared.filter(([, outcome]) => outcome === 'ok').map(([who]) => who);
}

test('each list of a workspace needs its own scope', async () => {
  expect(await whoMay('balance { available }')).toEqual([...ROLES, 'usage:write', 'balance:read', 'operator']);
  expect(await whoMay('usage { edges { cursor } }')).toEqual([...ROLES, 'usage:read', 'operator']);
  expect(await whoMay('apiKeys { edges { cursor } }')).toEqual([...ROLES, 'keys:read', 'keys:write', 'operator']);
  expect(await whoMay('auditLog { edges { cursor } }')).toEqual(['OWNER', 'ADMIN', 'audit:read', 'operator']);
  expect(await whoMay('members { edges { cursor } }')).toEqual([...ROLES, 'members:read', 'operator']);
});

test('a key that may only spend reads back the call it made, and no other', async () => {
  const headers = headersOf.get('usage:write') ?? {};
  const recorded = await server.request(
    `mutation { recordUsage(input: { credits: "1", idempotencyKey: "${key()}" }) { ... on RecordUsagePayload { usageEntry { id credits } } } }`,
    { headers },
  );
  const entry = (recorded.data as { recordUsage: { usageEntry: { id: string } } }).recordUsage.usageEntry;
  expect(entry).toMatchObject({ credits: '1' });
  expect(await fare('usage:write', `{ node(id: "${entry.id}") { ... on UsageEntry { credits } } }`)).toBe('ok');
  expect(await fare('keys:read', `{ node(id: "${entry.id}") { ... on UsageEntry { credits } } }`)).toBe('FORBIDDEN');
});
