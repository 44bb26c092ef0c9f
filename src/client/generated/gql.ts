/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment BalanceFields on Balance {\n  available\n  held\n  total\n  seq\n}\n\nfragment UsageEntryFields on UsageEntry {\n  id\n  seq\n  createdAt\n  operation\n  units\n  basePrice\n  discountPercent\n  price\n  credits\n  outcome\n  declineReason\n  environment\n  latencyMs\n  tag\n  metadata\n  availableAfter\n}\n\nmutation RecordUsage($input: RecordUsageInput!) {\n  recordUsage(input: $input) {\n    __typename\n    ... on RecordUsagePayload {\n      credits\n      seq\n      replayed\n      balance {\n        ...BalanceFields\n      }\n      usageEntry {\n        ...UsageEntryFields\n      }\n    }\n    ... on InsufficientCredits {\n      required\n      available\n      seq\n      replayed\n      balance {\n        ...BalanceFields\n      }\n      usageEntry {\n        ...UsageEntryFields\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}\n\nquery Usage($workspaceId: ID, $first: Int, $after: String, $filter: UsageFilter) {\n  workspace(id: $workspaceId) {\n    usage(first: $first, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...UsageEntryFields\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": typeof types.BalanceFieldsFragmentDoc,
};
const documents: Documents = {
    "fragment BalanceFields on Balance {\n  available\n  held\n  total\n  seq\n}\n\nfragment UsageEntryFields on UsageEntry {\n  id\n  seq\n  createdAt\n  operation\n  units\n  basePrice\n  discountPercent\n  price\n  credits\n  outcome\n  declineReason\n  environment\n  latencyMs\n  tag\n  metadata\n  availableAfter\n}\n\nmutation RecordUsage($input: RecordUsageInput!) {\n  recordUsage(input: $input) {\n    __typename\n    ... on RecordUsagePayload {\n      credits\n      seq\n      replayed\n      balance {\n        ...BalanceFields\n      }\n      usageEntry {\n        ...UsageEntryFields\n      }\n    }\n    ... on InsufficientCredits {\n      required\n      available\n      seq\n      replayed\n      balance {\n        ...BalanceFields\n      }\n      usageEntry {\n        ...UsageEntryFields\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}\n\nquery Usage($workspaceId: ID, $first: Int, $after: String, $filter: UsageFilter) {\n  workspace(id: $workspaceId) {\n    usage(first: $first, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...UsageEntryFields\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": types.BalanceFieldsFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment BalanceFields on Balance {\n  available\n  held\n  total\n  seq\n}\n\nfragment UsageEntryFields on UsageEntry {\n  id\n  seq\n  createdAt\n  operation\n  units\n  basePrice\n  discountPercent\n  price\n  credits\n  outcome\n  declineReason\n  environment\n  latencyMs\n  tag\n  metadata\n  availableAfter\n}\n\nmutation RecordUsage($input: RecordUsageInput!) {\n  recordUsage(input: $input) {\n    __typename\n    ... on RecordUsagePayload {\n      credits\n      seq\n      replayed\n      balance {\n        ...BalanceFields\n      }\n      usageEntry {\n        ...UsageEntryFields\n      }\n    }\n    ... on InsufficientCredits {\n      required\n      available\n      seq\n      replayed\n      balance {\n        ...BalanceFields\n      }\n      usageEntry {\n        ...UsageEntryFields\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}\n\nquery Usage($workspaceId: ID, $first: Int, $after: String, $filter: UsageFilter) {\n  workspace(id: $workspaceId) {\n    usage(first: $first, after: $after, filter: $filter) {\n      edges {\n        node {\n          ...UsageEntryFields\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').BalanceFieldsFragmentDoc;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
