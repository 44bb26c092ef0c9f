import { lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from '#graph/builder';
import '#graph/scalars';
import '#graph/errors';
import '#graph/users';
import '#graph/sessions';
import '#graph/workspaces';
import '#graph/workspace-life';
import '#graph/balance';
import '#graph/members';
import '#graph/invitations';
import '#graph/api-keys';
import '#graph/api-key-changes';
import '#graph/api-key-limits';
import '#graph/api-key-rotation';
import '#graph/api-key-verification';
import '#graph/audit-log';
import '#graph/inboxes';
import '#graph/inbox-deliveries';
import '#graph/inbox-claims';
import '#graph/inbox-feed';
import '#graph/operations';
import '#graph/plans';
import '#graph/credits';
import '#graph/holds';
import '#graph/hold-changes';
import '#graph/ledger';
import '#graph/ledger-proofs';
import '#graph/corrections';
import '#graph/quotes';
import '#graph/usage';
import '#graph/usage-batches';
import '#graph/usage-summary';
import '#graph/spending';
import '#graph/subscriptions';
import '#graph/webhooks';
import '#graph/webhook-changes';
import '#graph/webhook-sendings';
import '#graph/integrations';
import '#graph/integration-changes';
import '#graph/activity';
import '#graph/alerts';
import '#graph/alert-firings';
import '#graph/alert-changes';

/** The executable schema. One import above per chapter: without its line a chapter is not in the API. */
export const schema = builder.toSchema();

/** The public contract as text; committed as schema.graphql. */
export function printPublicSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
