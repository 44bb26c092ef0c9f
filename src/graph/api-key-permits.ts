import type { Permit } from '#core/access/permit';
import type { Action } from '#core/access/policy';
import { findWorkspaceOfApiKey } from '#core/api-keys/api-keys';
import { NotFound } from '#core/errors';
import { decodeId } from '#core/ids';
import type { Context } from '#graph/context';

/**
 * The key that an input names by its id alone, and the permit to do this to it. Unknown and foreign keys take the same
 * way out. @throws NotFound, Unauthenticated, Forbidden
 */
export async function permitOnApiKey<A extends Action>(
  action: A,
  id: string,
  { db, access }: Context,
): Promise<{ apiKeyId: string; permit: Permit<A> }> {
  access.requireSomebody();
  const path = ['input', 'apiKeyId'];
  const apiKeyId = decodeId('ApiKey', id);
  const workspaceId = apiKeyId && (await findWorkspaceOfApiKey(db, access.actor, apiKeyId));
  if (!workspaceId) throw new NotFound('No such API key.', path);
  return { apiKeyId, permit: await access.permit(action, workspaceId, path) };
}
