import type { Actor } from '#core/access/actor';
import { visibleTo } from '#core/access/visibility';
import type { Db, Tx } from '#core/db';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { Prisma, WebhookEndpoint } from '#generated/prisma/client';

/** Which rows of the table are meant: webhook endpoints, or the integrations that are kept beside them. */
type Kind = Readonly<Pick<Prisma.WebhookEndpointWhereInput, 'provider'>>;

/** The rows of a kind that a workspace has, newest first. */
export function listRows(
  db: Db,
  { workspaceId, kind }: { workspaceId: string; kind: Kind },
  { query, ...request }: PageRequest & { query: Prisma.WebhookEndpointDefaultArgs },
): Promise<Page<WebhookEndpoint>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.webhookEndpoint.findMany({
        ...query,
        where: { workspaceId, ...kind, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ id }) => id,
  });
}

/** The workspace of a row, or null for an absent and a foreign one alike, by the same work. */
export async function findWorkspaceOfRow(
  db: Db,
  actor: Actor,
  { id, kind }: { id: string; kind: Kind },
): Promise<string | null> {
  const where = { id, ...kind, workspace: visibleTo(actor) };
  return (await db.webhookEndpoint.findFirst({ where, select: { workspaceId: true } }))?.workspaceId ?? null;
}

/** A row of a workspace, which nobody else changes before this commits; null when there is none of this kind. */
export async function lockRow(
  tx: Tx,
  { id, workspaceId, kind }: { id: string; workspaceId: string; kind: Kind },
): Promise<WebhookEndpoint | null> {
  await tx.$queryRaw`SELECT id FROM webhook_endpoint WHERE id = ${id}::uuid AND workspace_id = ${workspaceId}::uuid FOR UPDATE`;
  return tx.webhookEndpoint.findFirst({ where: { id, workspaceId, ...kind } });
}
