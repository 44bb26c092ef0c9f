import { TypeID } from 'typeid-js';
import { uuidv7 } from 'uuidv7';

/** Public id prefixes. Permanent: they stand in customers' databases. */
export const ID_PREFIXES = {
  User: 'user',
  Session: 'sess',
  Workspace: 'ws',
  Member: 'mem',
  Invitation: 'inv',
  ApiKey: 'key',
  CreditGrant: 'grant',
  Hold: 'hold',
  Inbox: 'inbox',
  InboxDelivery: 'indel',
  OperatorToken: 'optok',
  WebhookEndpoint: 'hook',
  WebhookDelivery: 'whd',
  Integration: 'intg',
  Alert: 'alert',
} as const;

export type IdType = keyof typeof ID_PREFIXES;

const ENTRY_PREFIX = 'usage';
const EVENT_PREFIX = 'event';
const ANNOUNCEMENT_PREFIX = 'evt';

/** A new time-ordered UUID, as stored. */
export function newId(): string {
  return uuidv7();
}

/** The public form of a stored UUID: `ws_01jd...`. */
export function encodeId(type: IdType, uuid: string): string {
  return TypeID.fromUUID(ID_PREFIXES[type], uuid).toString();
}

/** The UUID inside a public id of that type, or null when the text is anything else. */
export function decodeId(type: IdType, text: string): string | null {
  const prefix: string = ID_PREFIXES[type];
  if (text.length > 64 || !text.startsWith(`${prefix}_`)) return null;
  try {
    return TypeID.fromString(text, prefix).toUUID();
  } catch {
    // The library throws for every malformed text; callers answer "no such object" alike.
    return null;
  }
}

/** The type whose prefix a public id carries, or null. Says nothing about the rest of the id. */
export function idTypeOf(text: string): IdType | null {
  const prefix = text.slice(0, Math.max(0, text.lastIndexOf('_')));
  return (Object.keys(ID_PREFIXES) as IdType[]).find((type) => ID_PREFIXES[type] === prefix) ?? null;
}

/** A ledger entry has no id of its own: workspace and seq name it. */
export interface EntryKey {
  workspaceId: string;
  seq: bigint;
}

/** The public id of a ledger entry: `usage_01jd..._42`. */
export function encodeEntryId({ workspaceId, seq }: EntryKey): string {
  return `${TypeID.fromUUID(ENTRY_PREFIX, workspaceId).toString()}_${seq}`;
}

/** Workspace and seq inside a public entry id, or null when the text is anything else. */
export function decodeEntryId(text: string): EntryKey | null {
  const match = /^usage_([0-9a-hjkmnp-tv-z]{26})_([1-9]\d{0,17})$/.exec(text);
  if (!match) return null;
  try {
    return { workspaceId: new TypeID(ENTRY_PREFIX, match[1]).toUUID(), seq: BigInt(match[2] ?? '') };
  } catch {
    // A suffix beyond 128 bits: no entry has such an id.
    return null;
  }
}

/** The public id of an event of the audit log: `event_01jd..._42`. */
export function encodeEventId({ workspaceId, number }: { workspaceId: string; number: bigint }): string {
  return `${TypeID.fromUUID(EVENT_PREFIX, workspaceId).toString()}_${number}`;
}

/** The public id of what other systems are told, the same in every request about it: `evt_01jd...`. */
export function encodeAnnouncementId(uuid: string): string {
  return TypeID.fromUUID(ANNOUNCEMENT_PREFIX, uuid).toString();
}
