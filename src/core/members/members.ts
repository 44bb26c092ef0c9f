import type { Permit } from '#core/access/permit';
import type { Db } from '#core/db';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { Member, Prisma } from '#generated/prisma/client';

/** The current members of a workspace, in the order they joined. */
export function listMembers(
  db: Db,
  { workspaceId }: Permit<'members:read'>,
  { query, ...request }: PageRequest & { query: Prisma.MemberDefaultArgs },
): Promise<Page<Member>> {
  return pageOf(request, {
    newestFirst: false,
    rows: ({ beyond, take, newestFirst }) =>
      db.member.findMany({
        ...query,
        where: { workspaceId, removedAt: null, ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: (member) => member.id,
  });
}
