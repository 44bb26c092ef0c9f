import type { Permit } from '#core/access/permit';
import type { Action } from '#core/access/policy';
import { NotFound } from '#core/errors';
import { decodeId } from '#core/ids';
import { findWorkspaceOfInbox } from '#core/inboxes/inboxes';
import type { Context } from '#graph/context';

/**
 * The inbox that is named by its id alone, and the permit to do this to it. Unknown and foreign ones take the same way
 * out. @throws NotFound, Unauthenticated, Forbidden
 */
export async function permitOnInbox<A extends Action>(
  action: A,
  id: string,
  { db, access }: Pick<Context, 'db' | 'access'>,
  path: readonly string[] = ['input', 'inboxId'],
): Promise<{ inboxId: string; permit: Permit<A> }> {
  access.requireSomebody();
  const inboxId = decodeId('Inbox', id);
  const workspaceId = inboxId && (await findWorkspaceOfInbox(db, access.actor, inboxId));
  if (!workspaceId) throw new NotFound('No such inbox.', path);
  return { inboxId, permit: await access.permit(action, workspaceId, path) };
}
