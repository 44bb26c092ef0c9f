import { type ActorStamp } from '#core/access/actor';
import { noteEvent, type Tx } from '#core/db';
import type { EventCatalogue, EventType } from '#core/events/catalogue';
import type { Prisma } from '#generated/prisma/client';
import { canonicalJson, sha256 } from '#lib/canonical-json';

export type NewEvent<T extends EventType> = ActorStamp & {
  workspaceId: string;
  type: T;
  targetId: string;
  /** Network address of the caller, where there is one. */
  address?: string | null;
} & EventCatalogue[T];

/**
 * Appends an event to the workspace's chain inside the caller's transaction, numbered without gaps. Each event's hash
 * covers the one before, so a changed or missing row shows. Who follows hears of it after the commit.
 */
export async function recordEvent<T extends EventType>(tx: Tx, event: NewEvent<T>): Promise<void> {
  const { workspaceId, type, targetId, actorKind, actorId, address = null } = event;
  const { before, after } = event as { before?: Prisma.InputJsonObject; after?: Prisma.InputJsonObject };
  const head = await lockHead(tx, workspaceId);
  const number = head.number + 1n;
  const createdAt = new Date();
  const facts = { workspaceId, number, type, actorKind, actorId, targetId, address, createdAt };
  const chainHash = chainHashOf(head.chainHash, { ...facts, before: before ?? null, after: after ?? null });
  await tx.event.create({
    data: {
      ...facts,
      // Left out, a column is NULL; given as null, Prisma could not know which of its two nulls is meant.
      ...(before && { before }),
      ...(after && { after }),
      chainHash,
    },
  });
  await tx.eventHead.update({ where: { workspaceId }, data: { number, chainHash } });
  noteEvent(tx, { workspaceId, number });
}

/** Creates the chain's beginning; part of creating a workspace. */
export async function openEventChain(tx: Tx, workspaceId: string): Promise<void> {
  await tx.eventHead.create({ data: { workspaceId, chainHash: chainBeginning(workspaceId) } });
}

/** What the first event's hash covers in place of the one before. */
export function chainBeginning(workspaceId: string): Uint8Array<ArrayBuffer> {
  return sha256(workspaceId);
}

/** What an event's hash covers: every column by name, since one that is added later must not change old hashes. */
interface ChainedFacts extends ActorStamp {
  workspaceId: string;
  number: bigint;
  type: string;
  targetId: string | null;
  before: unknown;
  after: unknown;
  address: string | null;
  createdAt: Date;
}

/** The hash of an event, given that of the one before. */
export function chainHashOf(previous: Uint8Array, event: ChainedFacts): Uint8Array<ArrayBuffer> {
  const { workspaceId, number, type, actorKind, actorId, targetId, before, after, address, createdAt } = event;
  const facts = { workspaceId, number, type, actorKind, actorId, targetId, before, after, address, createdAt };
  return sha256(Buffer.concat([previous, Buffer.from(canonicalJson(facts))]));
}

async function lockHead(tx: Tx, workspaceId: string): Promise<{ number: bigint; chainHash: Uint8Array }> {
  const [head] = await tx.$queryRaw<{ number: bigint; chain_hash: Uint8Array }[]>`
    SELECT number, chain_hash FROM event_head WHERE workspace_id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  if (!head) throw new Error(`Workspace ${workspaceId} has no event chain`);
  return { number: head.number, chainHash: head.chain_hash };
}
