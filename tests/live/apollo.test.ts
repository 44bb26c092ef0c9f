import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { generate } from '@graphql-codegen/cli';
import { OperationTypeNode } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../world/server.ts';
import { credits } from '../world/world.ts';
import { openClient } from './clients.ts';

let server: TestServer;
let folder: string;
/** What codegen made of the schema that the running server tells. */
let documents: {
  BalanceDocument: TypedDocumentNode<{ workspace: { name: string; balance: { available: string } } }>;
  RecordDocument: TypedDocumentNode<{ recordUsage: Record<string, unknown> }, { input: Record<string, unknown> }>;
  LiveDocument: TypedDocumentNode<{ balanceChanged: { __typename: string; seq: string } }>;
};

const SOURCE = `
  query Balance { workspace { name balance { available } } }
  mutation Record($input: RecordUsageInput!) {
    recordUsage(input: $input) {
      __typename
      ... on RecordUsagePayload { credits seq }
      ... on InsufficientCredits { required available }
      ... on UserError { code message path }
    }
  }
  subscription Live { balanceChanged { __typename ... on FeedSnapshot { seq } ... on BalanceChange { seq } ... on FeedReset { seq } } }
`;

beforeAll(async () => {
  server = await openServer();
  folder = await mkdtemp(join(tmpdir(), 'commonpurse-codegen-'));
  await writeFile(join(folder, 'documents.graphql'), SOURCE);
  await generate(
    {
      silent: true,
      schema: `${server.url}/graphql`,
      documents: join(folder, 'documents.graphql'),
      generates: {
        [`${folder}/generated/`]: {
          preset: 'client',
          config: { useTypeImports: true },
          presetConfig: { fragmentMasking: false },
        },
      },
    },
    true,
  );
  documents = (await import(/* @vite-ignore */ join(folder, 'generated/graphql.ts'))) as typeof documents;
}, 60_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('Apollo Client reads, writes and watches with documents generated from the running server', async () => {
  const { key } = await server.makeWorkspace({ credits: credits(10) });
  const sockets = openClient(server.socketUrl, { token: key.secret });
  const http = new HttpLink({ uri: `${server.url}/graphql`, headers: { authorization: `Bearer ${key.secret}` } });
  const client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes: await possibleTypes() }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(sockets),
      http,
    ),
  });

  const events: { __typename: string; seq: string }[] = [];
  const watching = client
    .subscribe({ query: documents.LiveDocument })
    .subscribe(({ data }) => data && void events.push(data.balanceChanged));
  await expect.poll(() => events).toEqual([{ __typename: 'FeedSnapshot', seq: '1' }]);

  const { data } = await client.query({ query: documents.BalanceDocument });
  expect(data?.workspace).toMatchObject({ name: 'Acme', balance: { available: '10' } });

  const record = async (input: Record<string, unknown>): Promise<unknown> => {
    const result = await client.mutate({ mutation: documents.RecordDocument, variables: { input } });
    return result.data?.recordUsage;
  };
  const idempotencyKey = randomUUID();
  expect(await record({ credits: '4', idempotencyKey })).toMatchObject({
    __typename: 'RecordUsagePayload',
    credits: '4',
  });
  expect(await record({ credits: '5', idempotencyKey })).toMatchObject({ __typename: 'IdempotencyConflict' });
  expect(await record({ credits: '50', idempotencyKey: randomUUID() })).toMatchObject({
    __typename: 'InsufficientCredits',
    required: '50',
    available: '6',
  });
  expect(await record({ idempotencyKey: randomUUID() })).toMatchObject({ __typename: 'ValidationFailed' });
  expect(await record({ operation: 'no.such', idempotencyKey: randomUUID() })).toMatchObject({
    __typename: 'NotFound',
  });

  await expect.poll(() => events.at(-1)).toEqual({ __typename: 'BalanceChange', seq: '2' });
  watching.unsubscribe();
  client.stop();
  await sockets.dispose();
});

/** Which types an interface or union has, as Apollo's cache wants to know it before it reads a fragment on one. */
async function possibleTypes(): Promise<Record<string, string[]>> {
  const { data } = await server.request('{ schema: __schema { types { name possibleTypes { name } } } }');
  const { types } = data.schema as { types: { name: string; possibleTypes: { name: string }[] | null }[] };
  return Object.fromEntries(
    types.flatMap((type) => (type.possibleTypes ? [[type.name, type.possibleTypes.map(({ name }) => name)]] : [])),
  );
}
