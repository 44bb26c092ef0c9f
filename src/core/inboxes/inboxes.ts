import { type Actor, originOf } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { visibleTo } from '#core/access/visibility';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import { Conflict, NotFound, ValidationFailed } from '#core/errors';
import type { InboxFacts } from '#core/events/catalogue';
import { recordEvent } from '#core/events/events';
import { onceOnly } from '#core/idempotency';
import { newId } from '#core/ids';
import { checkDescription, checkInboxName, checkSigning, type SigningInput } from '#core/inboxes/settings';
import { type Page, type PageRequest, pageOf } from '#core/paging';
import type { Sealer } from '#core/sealing';
import type { Inbox, Prisma } from '#generated/prisma/client';
import { randomBase62 } from '#lib/base62';
import { sha256 } from '#lib/canonical-json';

const ACTIVE_MAX = 100;
/** Deactivated ones count: their names stay taken and their deliveries stay readable. */
const IN_ALL_MAX = 1_000;
/** 190 bits: nobody finds an address by trying. */
const TOKEN_LENGTH = 32;

export interface CreateInboxInput extends SigningInput {
  name: string;
  description?: string | null | undefined;
  idempotencyKey: string;
}

export interface UpdateInboxInput extends SigningInput {
  inboxId: string;
  /** Left out, it stays; null takes it away. */
  description?: string | null | undefined;
}

export interface Inboxes {
  /**
   * A new inbox of the permit's workspace, with an address that nobody can guess.
   * @throws ValidationFailed, Conflict when the name was ever taken or at 100 active inboxes, IdempotencyConflict.
   */
  create(permit: Permit<'inboxes:write'>, input: CreateInboxInput): Promise<{ inboxId: string; replayed: boolean }>;
  /**
   * Changes description, provider or secret; what is left out stays. Events that come from now on are checked so.
   * @throws NotFound, ValidationFailed, Conflict for a deactivated one.
   */
  update(permit: Permit<'inboxes:write'>, input: UpdateInboxInput): Promise<void>;
  /** Where to send events. */
  urlOf(inbox: Pick<Inbox, 'id' | 'sealedToken'>): string;
}

/** The inboxes of one database, whose addresses and secrets are sealed at rest. */
export function openInboxes({ db, sealer, publicUrl }: { db: Db; sealer: Sealer; publicUrl: string }): Inboxes {
  return {
    async create(permit, { idempotencyKey, ...input }) {
      const name = checkInboxName(input.name);
      const [description, signing] = [checkDescription(input.description), checkSigning(input)];
      const { workspaceId } = permit;
      const asked = { name, description, ...signing };
      const request = { scopeId: workspaceId, mutation: 'createInbox', idempotencyKey, input: asked };
      return inTransaction(db, (tx) =>
        onceOnly<{ inboxId: string }, { inboxId: string; replayed: boolean }>(tx, request, {
          work: async () => {
            const id = newId();
            const token = randomBase62(TOKEN_LENGTH);
            const address = { tokenHash: sha256(token), sealedToken: sealer.seal(token, addressOf(id)) };
            const inbox = { id, name, description, ...address, ...signingColumns(signing, { id, sealer }) };
            await insertInbox(tx, permit, inbox);
            return { inboxId: id, replayed: false };
          },
          answer: ({ inboxId }) => ({ inboxId }),
          replay: async ({ inboxId }) => ({ inboxId, replayed: true }),
        }),
      );
    },
    update: (permit, input) => updateInbox(db, permit, { ...input, sealer }),
    urlOf: ({ id, sealedToken }) => new URL(`/inbox/${sealer.open(sealedToken, addressOf(id))}`, publicUrl).href,
  };
}

/**
 * Ends an inbox for ever: its address answers as if it had never been. Its name stays taken, and its deliveries can be
 * read, claimed and acknowledged. Deactivating it again changes nothing.
 * @throws NotFound when the workspace has no such inbox.
 */
export async function deactivateInbox(
  db: Db,
  { workspaceId, actor }: Permit<'inboxes:write'>,
  { inboxId }: { inboxId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { name, deactivatedAt } = await lockInbox(tx, { workspaceId, inboxId });
    if (deactivatedAt) return;
    await tx.inbox.update({ where: { id: inboxId }, data: { deactivatedAt: now() } });
    const about = { workspaceId, type: 'inbox.deactivated', targetId: inboxId, before: { name } } as const;
    await recordEvent(tx, { ...originOf(actor), ...about });
  });
}

/** The inboxes of a workspace, newest first; deactivated ones only when asked for. */
export function listInboxes(
  db: Db,
  { workspaceId }: Permit<'inboxes:read'>,
  {
    query,
    includeDeactivated,
    ...request
  }: PageRequest & { query: Prisma.InboxDefaultArgs; includeDeactivated: boolean },
): Promise<Page<Inbox>> {
  return pageOf(request, {
    rows: ({ beyond, take, newestFirst }) =>
      db.inbox.findMany({
        ...query,
        where: { workspaceId, ...(!includeDeactivated && { deactivatedAt: null }), ...(beyond && { id: beyond }) },
        orderBy: { id: newestFirst ? 'desc' : 'asc' },
        take,
      }),
    key: ({ id }) => id,
  });
}

/** The workspace that owns an inbox, or null for an absent and a foreign one alike, by the same work. */
export async function findWorkspaceOfInbox(db: Db, actor: Actor, inboxId: string): Promise<string | null> {
  const inbox = await db.inbox.findFirst({
    where: { id: inboxId, workspace: visibleTo(actor) },
    select: { workspaceId: true },
  });
  return inbox?.workspaceId ?? null;
}

/** An inbox by id. Rights are the caller's business. @throws Error when there is none. */
export function findInbox<Q extends Prisma.InboxDefaultArgs>(db: Db, id: string, query: Q) {
  return db.inbox.findUniqueOrThrow({ ...query, where: { id } });
}

type Signing = ReturnType<typeof checkSigning>;

/** What the opaque part of an address is sealed for. */
export const addressOf = (inboxId: string): string => `address of inbox ${inboxId}`;

/** What a signing secret is sealed for. */
export function signingSecretOf(inboxId: string): string {
  return `signing secret of inbox ${inboxId}`;
}

function signingColumns(signing: Signing, { id, sealer }: { id: string; sealer: Sealer }) {
  if (signing === null) return { provider: null, sealedSecret: null };
  return { provider: signing.provider, sealedSecret: sealer.seal(signing.secret, signingSecretOf(id)) };
}

async function insertInbox(
  tx: Tx,
  { workspaceId, actor }: Permit<'inboxes:write'>,
  inbox: Pick<Inbox, 'id' | 'name' | 'description' | 'tokenHash' | 'sealedToken' | 'provider' | 'sealedSecret'>,
): Promise<void> {
  // Creations queue here: two that look at once would both find the name or the last place free.
  await tx.$queryRaw`SELECT id FROM workspace WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  await requireFreePlace(tx, { workspaceId, name: inbox.name });
  const { id: targetId } = inbox;
  await tx.inbox.create({ data: { workspaceId, createdAt: now(), ...inbox } });
  const after = { name: inbox.name, provider: inbox.provider };
  await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'inbox.created', targetId, after });
}

async function requireFreePlace(tx: Tx, { workspaceId, name }: { workspaceId: string; name: string }): Promise<void> {
  if (await tx.inbox.findUnique({ where: { workspaceId_name: { workspaceId, name } }, select: { id: true } })) {
    throw new Conflict('An inbox of this workspace has or had this name: choose another.', ['input', 'name']);
  }
  const [active, inAll] = await Promise.all([
    tx.inbox.count({ where: { workspaceId, deactivatedAt: null } }),
    tx.inbox.count({ where: { workspaceId } }),
  ]);
  if (active >= ACTIVE_MAX) {
    throw new Conflict(`A workspace has at most ${ACTIVE_MAX} active inboxes: deactivate one first.`);
  }
  if (inAll >= IN_ALL_MAX) {
    throw new Conflict(`A workspace has at most ${IN_ALL_MAX} inboxes, deactivated ones included.`);
  }
}

async function updateInbox(
  db: Db,
  { workspaceId, actor }: Permit<'inboxes:write'>,
  { inboxId, sealer, ...input }: UpdateInboxInput & { sealer: Sealer },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const inbox = await lockInbox(tx, { workspaceId, inboxId });
    if (inbox.deactivatedAt) throw new Conflict('This inbox is deactivated.', ['input', 'inboxId']);
    const before: InboxFacts = {};
    const after: InboxFacts = {};
    const description = input.description === undefined ? inbox.description : checkDescription(input.description);
    if (description !== inbox.description) [before.description, after.description] = [inbox.description, description];
    const signing = changedSigning(inbox, input);
    if (signing !== undefined) {
      [before.provider, after.provider] = [inbox.provider, signing?.provider ?? null];
      if (signing) after.isSecretReplaced = true;
    }
    if (Object.keys(after).length === 0) return;
    const columns = signing === undefined ? {} : signingColumns(signing, { id: inboxId, sealer });
    await tx.inbox.update({ where: { id: inboxId }, data: { description, ...columns } });
    await recordEvent(tx, { ...originOf(actor), workspaceId, type: 'inbox.updated', targetId: inboxId, before, after });
  });
}

/** What is to be checked from now on; undefined where nothing was said of it. @throws ValidationFailed */
function changedSigning(inbox: Inbox, { provider, signingSecret }: SigningInput): Signing | undefined {
  if (provider === undefined && signingSecret === undefined) return undefined;
  if (provider === null && signingSecret == null) return null;
  if (provider != null && provider !== inbox.provider && signingSecret == null) {
    throw new ValidationFailed('signingSecret is missing: another provider has another.', ['input', 'signingSecret']);
  }
  // The provider that it has already, named once more.
  if (provider === inbox.provider && signingSecret === undefined) return undefined;
  return checkSigning({ provider: provider === undefined ? inbox.provider : provider, signingSecret });
}

/** @throws NotFound */
async function lockInbox(tx: Tx, { workspaceId, inboxId }: { workspaceId: string; inboxId: string }): Promise<Inbox> {
  await tx.$queryRaw`SELECT id FROM inbox WHERE id = ${inboxId}::uuid FOR NO KEY UPDATE`;
  const inbox = await tx.inbox.findFirst({ where: { id: inboxId, workspaceId } });
  if (!inbox) throw new NotFound('No such inbox.', ['input', 'inboxId']);
  return inbox;
}
