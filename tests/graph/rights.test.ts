import { randomUUID } from 'node:crypto';
import { getNamedType, type GraphQLField, isNonNullType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '#core/access/policy';
import { schema } from '#graph/schema';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { type Caller, gatherCallers } from './rights/callers.ts';
import { fieldCells, type FieldCell, gaps, mutations, payloadOf, payloadSelection } from './rights/documents.ts';
import { MUTATIONS, ruleOf } from './rights/expectations.ts';
import type { Outcome } from './rights/rules.ts';
import { argumentsFor, inputFor, makeTargets, type Targets } from './rights/targets.ts';
import { type Answer, type Ask, openTransports, type Transports } from './rights/transports.ts';

/** Below the limits on breadth and on the length of a URL. */
const FIELDS_PER_REQUEST = 30;

let server: TestServer;
let targets: Targets;
let callers: Caller[];
let transports: Transports;
let cells: FieldCell[];

beforeAll(async () => {
  server = await openServer();
  const workspace = await server.makeWorkspace({ credits: credits(1_000), key: { scopes: [...SCOPES] } });
  targets = await makeTargets(server, workspace);
  callers = await gatherCallers(server, workspace);
  transports = openTransports(server);
}, 180_000);
afterAll(async () => {
  await transports.close();
  await server.close();
});

test('every field and every mutation of the schema has an expectation', () => {
  expect(gaps()).toEqual([]);
});

test('every field answers every caller over every transport as the policy says', { timeout: 180_000 }, async () => {
  cells = fieldCells(targets.ids, argumentsFor(targets));
  const asked: Verdict[] = [];
  for (const caller of callers) {
    const verdicts = await Promise.all([
      ...(['post', 'get', 'socket'] as const).map((name) => askFields(caller, name)),
      ...(['sse', 'socket'] as const).map((name) => askStreams(caller, name)),
    ]);
    asked.push(...verdicts.flat());
  }
  expect(wrong('fields', asked)).toEqual([]);
});

test(
  'every mutation answers every caller as the policy says, and its whole payload whom it serves',
  { timeout: 180_000 },
  async () => {
    const asked: Verdict[] = [];
    for (const mutation of mutations) {
      const shared = await inputFor(mutation, targets);
      for (const caller of callers) {
        for (const transport of ['post', 'socket'] as const) {
          const expected = MUTATIONS[mutation.name]?.(caller.standing) ?? 'ok';
          const input = expected === 'ok' ? await inputFor(mutation, targets) : shared;
          const answer = await transports[transport](caller, { query: documentOf(mutation), variables: { input } });
          const name = `Mutation.${mutation.name}`;
          asked.push({ name, caller: caller.name, transport, expected, actual: mutationOutcome(answer) });
          await caller.mend();
        }
      }
    }
    expect(wrong('mutations', asked)).toEqual([]);
  },
);

interface Verdict {
  name: string;
  caller: string;
  transport: string;
  expected: Outcome;
  actual: string;
}

/** One line for each cell that answered otherwise. Prints how many cells there were. */
function wrong(what: string, verdicts: readonly Verdict[]): string[] {
  // oxlint-disable-next-line no-console -- the size of the matrix is part of what it shows
  console.log(`${verdicts.length} cells: ${what} x ${callers.length} callers x transports`);
  return verdicts
    .filter(({ expected, actual }) => !agrees(expected, actual))
    .map(
      ({ name, caller, transport, expected, actual }) =>
        `${name} for ${caller} by ${transport}: ${actual}, not ${expected}`,
    );
}

/** A leaf may be null where it is allowed, and is where it is hidden. */
const agrees = (expected: Outcome, actual: string): boolean =>
  actual === 'empty' ? expected === 'ok' || expected === 'null' : actual === expected;

function expectedOf({ steps }: FieldCell, { standing }: Caller): Outcome {
  for (const step of steps) {
    const rule = ruleOf(step);
    if (!rule) throw new Error(`${step} has no expectation`);
    const outcome = rule(standing);
    if (outcome !== 'ok') return outcome;
  }
  return 'ok';
}

async function askFields(caller: Caller, transport: 'post' | 'get' | 'socket'): Promise<Verdict[]> {
  const queries = cells.filter(({ operation }) => operation === 'query');
  const rootFields = schema.getQueryType()?.getFields() ?? {};
  const isAlone = ({ root }: FieldCell): boolean => isNonNullType(rootFields[root]?.type) && root !== 'nodes';
  const shared = queries.filter((cell) => !isAlone(cell));
  const batches = queries.filter(isAlone).map((cell) => [cell]);
  for (let at = 0; at < shared.length; at += FIELDS_PER_REQUEST)
    batches.push(shared.slice(at, at + FIELDS_PER_REQUEST));
  const verdicts: Verdict[] = [];
  for (const batch of batches) {
    const query = `{ ${batch.map(({ selection }, index) => `c${index}: ${selection}`).join('\n')} }`;
    const answer = await transports[transport](caller, { query });
    batch.forEach((cell, index) => {
      const actual = fieldOutcome(answer, `c${index}`);
      verdicts.push({ name: cell.name, caller: caller.name, transport, expected: expectedOf(cell, caller), actual });
    });
  }
  return verdicts;
}

async function askStreams(caller: Caller, transport: 'sse' | 'socket'): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const cell of cells.filter(({ operation }) => operation === 'subscription')) {
    const answer = await transports[transport](caller, { query: `subscription { c: ${cell.selection} }` });
    const actual = fieldOutcome(answer, 'c');
    verdicts.push({ name: cell.name, caller: caller.name, transport, expected: expectedOf(cell, caller), actual });
  }
  return verdicts;
}

const codeOf = ({ extensions, message }: NonNullable<Answer['errors']>[number]): string => {
  const code = extensions?.['code'];
  return typeof code === 'string' ? code : message;
};

/** How one aliased root field fared: the code of its error, `null`, `empty` where a null lies deeper, or `ok`. */
function fieldOutcome({ data, errors = [] }: Answer, alias: string): string {
  const error = errors.find(({ path }) => path === undefined || path[0] === alias);
  if (error) return codeOf(error);
  const value = data?.[alias];
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value) && value[0] === null) return 'null';
  return JSON.stringify(value).includes('null') ? 'empty' : 'ok';
}

function documentOf(mutation: GraphQLField<unknown, unknown>): string {
  const input = getNamedType(mutation.args[0]?.type)?.name;
  const payload = payloadSelection(payloadOf(mutation), argumentsFor(targets));
  return `mutation ($input: ${input}!) { result: ${mutation.name}(input: $input) { __typename ${payload} ... on UserError { code } } }`;
}

/** A refusal of rights is the outcome; any other refusal means that the caller was let through to the rules. */
function mutationOutcome({ data, errors }: Answer): string {
  if (errors?.[0]) return codeOf(errors[0]);
  const result = data?.['result'] as { code?: string } | undefined;
  return result?.code === 'NOT_FOUND' ? result.code : 'ok';
}

test('a foreign workspace is null to outsiders, like one that does not exist, by slug too', async () => {
  const { slug } = await server.db.workspace.findUniqueOrThrow({ where: { id: targets.workspace.workspaceId } });
  for (const caller of callers.filter(({ standing }) => standing.is === 'outsider')) {
    const query = `{ real: workspace(slug: "${slug}") { name } none: workspace(slug: "${slug}-x") { name } }`;
    expect(await transports.post(caller, { query })).toMatchObject({ data: { real: null, none: null } });
  }
});

const caller = (name: string): Caller => callers.find((each) => each.name === name) as Caller;

test('a key that may only spend reads back the call it made, and no other', async () => {
  const recorded = await transports.post(caller('key with usage:write'), {
    query: `mutation { recordUsage(input: { credits: "1", idempotencyKey: "${randomUUID()}" }) { ... on RecordUsagePayload { usageEntry { id credits } } } }`,
  });
  const payload = recorded.data?.['recordUsage'] as { usageEntry: { id: string } } | undefined;
  const entry = payload?.usageEntry ?? { id: '' };
  expect(entry).toMatchObject({ credits: '1' });
  const query = `{ node(id: "${entry.id}") { ... on UsageEntry { credits } } }`;
  const ask: Ask = transports.post;
  expect(fieldOutcome(await ask(caller('key with usage:write'), { query }), 'node')).toBe('ok');
  expect(fieldOutcome(await ask(caller('key with keys:read'), { query }), 'node')).toBe('FORBIDDEN');
});
