import { LRUCache } from 'lru-cache';
import type { LookupGuard } from '#core/access/lookup-guard';
import { type Db, inTransaction, now, type Tx } from '#core/db';
import type { Bus } from '#core/events/bus';
import { encodeId, newId } from '#core/ids';
import { type DueDelivery, EVENT_OPERATION } from '#core/inboxes/charging';
import { headerReader, type KeptHeader, keptHeaders } from '#core/inboxes/headers';
import { signingSecretOf } from '#core/inboxes/inboxes';
import { SCHEMES } from '#core/inboxes/signatures/providers';
import type { SignedMessage } from '#core/inboxes/signatures/scheme';
import { isStorable } from '#core/names';
import type { Quotas } from '#core/quotas/quotas';
import type { Sealer } from '#core/sealing';
import type { InboxProvider, SignatureState } from '#generated/prisma/enums';
import { sha256 } from '#lib/canonical-json';

/** The largest body that is kept. */
export const BODY_BYTES_MAX = 1_048_576;

/** Requests to one inbox in 60 seconds; senders send again what is refused. */
const REQUESTS_PER_MINUTE = 600;
const MEBIBYTE = 1_048_576n;
/** What has no right signature may fill this part of the room, so that nobody can keep out what has. */
const FAILED_SHARE = 4n;
const TEXT_LENGTH_MAX = 255;

const TOKEN = /^[0-9A-Za-z]{32}$/;
/** No address that was unknown is given out later; that of a workspace which is restored works again after this long. */
const UNKNOWN_TTL_MS = 60_000;
const UNKNOWN_MAX = 10_000;

/** An inbox that takes events, as of one moment. */
export interface OpenInbox {
  id: string;
  workspaceId: string;
  name: string;
  provider: InboxProvider | null;
  sealedSecret: Uint8Array | null;
  /** Bytes that all inboxes of the workspace store, those that failed among them, and how many the plan has room for. */
  storedBytes: bigint;
  failedBytes: bigint;
  bytesMax: bigint;
  isPriced: boolean;
}

/** What was sent. */
export interface Posted {
  /** As Node lists them: name, value, name, value. */
  rawHeaders: readonly string[];
  body: Uint8Array<ArrayBuffer>;
  address: string | null;
}

/** What to answer: the id it was stored under, or what a provider asked to hear before it sends anything. */
export type Received = { kind: 'stored'; deliveryId: string } | { kind: 'challenge'; challenge: string };

/** The plan of the workspace has no room for more. */
export class InboxFull extends Error {
  override name = 'InboxFull';
}

interface ReceptionOptions {
  db: Db;
  bus: Bus;
  sealer: Sealer;
  quotas: Quotas;
  /** Bounds how many addresses that nobody has one sender may try. */
  guard: LookupGuard;
  /** Told of what is stored and has a price. */
  onDue: (delivery: DueDelivery) => void;
}

/** The public side of inboxes: takes what others send, and tells nobody more than that it was kept. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX, ttl: UNKNOWN_TTL_MS });

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /**
   * The inbox with this opaque part of an address; null when it is unknown, deactivated or its workspace deleted, by the
   * same work. @throws RateLimited when too many unknown ones were tried from there, or too much is sent to this one;
   *   InboxFull before the body is read.
   */
  async open(token: string, address: string | null): Promise<OpenInbox | null> {
    const { db, guard, quotas } = this.#options;
    if (!TOKEN.test(token) || this.#unknown.has(token)) return null;
    await guard.before(address);
    const inbox = await findOpenInbox(db, token);
    if (!inbox) {
      guard.failed(address);
      this.#unknown.set(token, true);
      return null;
    }
    await quotas.take([{ bucket: `inbox:${inbox.id}`, perMinute: REQUESTS_PER_MINUTE }]);
    if (inbox.storedBytes >= inbox.bytesMax) throw new InboxFull();
    return inbox;
  }

  /**
   * Stores what was sent, byte for byte, with the next number of its inbox; durable when it returns. Null when the inbox
   * was deactivated meanwhile. The price is charged afterwards. @throws InboxFull, Unavailable
   */
  async receive(inbox: OpenInbox, { rawHeaders, body, address }: Posted): Promise<Received | null> {
    const { db, bus, onDue } = this.#options;
    const message: SignedMessage = { body, header: headerReader(rawHeaders), receivedAt: now() };
    const signature = this.#check(inbox, message);
    const scheme = signature === 'VERIFIED' && inbox.provider ? SCHEMES[inbox.provider] : null;
    const challenge = scheme?.challenge?.(message);
    if (challenge != null) return { kind: 'challenge', challenge };
    const headers = keptHeaders(rawHeaders);
    const storedBytes = body.length + Buffer.byteLength(JSON.stringify(headers));
    requireRoom(inbox, storedBytes, signature);
    const eventId = scheme ? shortText(scheme.eventId(message)) : null;
    const contentType = shortText(message.header('content-type'));
    const facts = { receivedAt: message.receivedAt, sourceAddress: address, contentType, headers, body, storedBytes };
    const stored = await inTransaction(db, (tx) => store(tx, inbox, { ...facts, signature, eventId }));
    if (!stored) return null;
    const { id: inboxId, workspaceId, name } = inbox;
    bus.publish({ kind: 'inbox', workspaceId, inboxId, number: stored.number });
    if (stored.charge === 'DUE') onDue({ id: stored.id, inboxId, inboxName: name, workspaceId });
    return { kind: 'stored', deliveryId: encodeId('InboxDelivery', stored.id) };
  }

  #check({ id, provider, sealedSecret }: OpenInbox, message: SignedMessage): SignatureState {
    if (provider === null || sealedSecret === null) return 'UNCHECKED';
    const secret = this.#options.sealer.open(sealedSecret, signingSecretOf(id));
    return SCHEMES[provider].verify(message, secret) ? 'VERIFIED' : 'FAILED';
  }
}

async function findOpenInbox(db: Db, token: string): Promise<OpenInbox | null> {
  const [found] = await db.$queryRaw<(Omit<OpenInbox, 'bytesMax'> & { mebibytes: number })[]>`
    SELECT i.id, i.workspace_id AS "workspaceId", i.name, i.provider::text, i.sealed_secret AS "sealedSecret",
      p.inbox_mebibytes AS mebibytes, stored.bytes AS "storedBytes", stored.failed AS "failedBytes",
      EXISTS (SELECT FROM operation WHERE operation.name = ${EVENT_OPERATION} AND price > 0) AS "isPriced"
    FROM inbox i
    JOIN workspace w ON w.id = i.workspace_id AND w.deleted_at IS NULL
    JOIN plan p ON p.name = w.plan_name
    CROSS JOIN LATERAL (
      SELECT sum(stored_bytes)::bigint AS bytes, sum(failed_bytes)::bigint AS failed FROM inbox WHERE workspace_id = w.id
    ) AS stored
    WHERE i.token_hash = ${sha256(token)} AND i.deactivated_at IS NULL`;
  if (!found) return null;
  const { mebibytes, ...inbox } = found;
  return { ...inbox, bytesMax: BigInt(mebibytes) * MEBIBYTE };
}

/** As of when the inbox was opened: what comes at the same moment may go beyond by what it brings. @throws InboxFull */
function requireRoom({ storedBytes, failedBytes, bytesMax }: OpenInbox, size: number, signature: SignatureState): void {
  if (storedBytes + BigInt(size) > bytesMax) throw new InboxFull();
  if (signature === 'FAILED' && failedBytes + BigInt(size) > bytesMax / FAILED_SHARE) throw new InboxFull();
}

interface NewDelivery {
  receivedAt: Date;
  sourceAddress: string | null;
  contentType: string | null;
  headers: KeptHeader[];
  body: Uint8Array<ArrayBuffer>;
  storedBytes: number;
  signature: SignatureState;
  eventId: string | null;
}

/** Null when the inbox takes nothing more. Its row is locked first: numbers follow one another, and of equal events one is first. */
async function store(tx: Tx, { id: inboxId, workspaceId, isPriced }: OpenInbox, delivery: NewDelivery) {
  const { storedBytes, signature, eventId, headers } = delivery;
  const failedBytes = signature === 'FAILED' ? storedBytes : 0;
  const [place] = await tx.$queryRaw<{ number: bigint }[]>`
    UPDATE inbox SET last_number = last_number + 1,
      stored_bytes = stored_bytes + ${storedBytes}::int, failed_bytes = failed_bytes + ${failedBytes}::int
    WHERE id = ${inboxId}::uuid AND deactivated_at IS NULL RETURNING last_number AS number`;
  if (!place) return null;
  const original =
    eventId === null
      ? null
      : await tx.inboxDelivery.findFirst({ where: { inboxId, eventId, duplicateOfId: null }, select: { id: true } });
  const charge = isPriced && original === null && signature !== 'FAILED' ? 'DUE' : 'NONE';
  const id = newId();
  await tx.inboxDelivery.create({
    data: {
      ...delivery,
      headers: headers.map(({ name, value }) => ({ name, value })),
      id,
      inboxId,
      workspaceId,
      number: place.number,
      duplicateOfId: original?.id ?? null,
      charge,
    },
    select: { id: true },
  });
  return { id, number: place.number, charge };
}

/** A text of the sender's that is short enough to be looked for; null otherwise. */
function shortText(text: string | null): string | null {
  return text !== null && text !== '' && text.length <= TEXT_LENGTH_MAX && isStorable(text) ? text : null;
}
