import { randomUUID } from 'node:crypto';
import type { UserActor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { decodeId, encodeId } from '#core/ids';
import type { InboxProvider } from '#generated/prisma/enums';
import type { TestServer } from '../world/server.ts';
import type { TestWorkspace } from '../world/world.ts';

/** An inbox behind its real address. */
export interface TestInbox {
  inboxId: string;
  /** As the API shows it. */
  id: string;
  url: string;
  name: string;
  write: Permit<'inboxes:write'>;
}

/** An inbox of a workspace, made by its owner. */
export async function makeInbox(
  { db, inboxes, permit }: Pick<TestServer, 'db' | 'inboxes' | 'permit'>,
  { workspaceId, owner }: Pick<TestWorkspace, 'workspaceId'> & { owner: UserActor },
  signing: { provider?: InboxProvider; signingSecret?: string } = {},
): Promise<TestInbox> {
  const name = `inbox-${randomUUID().slice(0, 8)}`;
  const write = await permit(owner, 'inboxes:write', workspaceId);
  const { inboxId } = await inboxes.create(write, { name, idempotencyKey: randomUUID(), ...signing });
  const url = inboxes.urlOf(await db.inbox.findUniqueOrThrow({ where: { id: inboxId } }));
  return { inboxId, id: encodeId('Inbox', inboxId), url, name, write };
}

/** Posts an event and waits for the answer. */
export function post(
  { url }: Pick<TestInbox, 'url'>,
  body: RequestInit['body'] = '{}',
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: body ?? null,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Posts an event that is to be kept. @returns the stored id. */
export async function deliver(
  inbox: Pick<TestInbox, 'url'>,
  body?: RequestInit['body'],
  headers?: Record<string, string>,
): Promise<string> {
  const response = await post(inbox, body, headers);
  const { id } = (await response.json()) as { id: string };
  const deliveryId = decodeId('InboxDelivery', id ?? '');
  if (deliveryId === null) throw new Error(`The inbox answered ${response.status}`);
  return deliveryId;
}

export const publicId = (deliveryId: string): string => encodeId('InboxDelivery', deliveryId);
