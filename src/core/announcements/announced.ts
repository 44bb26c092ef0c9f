import type { AnnouncementCatalogue, AnnouncementType } from '#core/announcements/catalogue';
import { encodeAnnouncementId } from '#core/ids';
import { canonicalJson, sha256 } from '#lib/canonical-json';

/** Something to tell others of one workspace. */
export interface Announced<Type extends AnnouncementType = AnnouncementType> {
  /** A UUID that follows from the workspace and from what it tells of. */
  id: string;
  workspaceId: string;
  type: Type;
  data: AnnouncementCatalogue[Type];
  occurredAt: Date;
}

/** Where an announcement comes from: a decision's seq, or an event's number; one decision can bring about two. */
export interface AnnouncementSource<Type extends AnnouncementType> {
  workspaceId: string;
  type: Type;
  number: bigint;
  occurredAt: Date;
}

/** Makes an announcement. The same source gives the same id for ever, in whatever process. */
export function announce<Type extends AnnouncementType>(
  { workspaceId, type, number, occurredAt }: AnnouncementSource<Type>,
  data: AnnouncementCatalogue[Type],
): Announced<Type> {
  return { id: sourceId(`${workspaceId}\n${type}\n${number}`), workspaceId, type, data, occurredAt };
}

/** The body that carries an announcement, the same bytes each time: a signature and a duplicate are told by them. */
export function announcementBody(announced: {
  id: string;
  workspaceId: string;
  type: string;
  data: unknown;
  occurredAt: Date;
}): string {
  const { id, type, data, occurredAt } = announced;
  return canonicalJson({ id: encodeAnnouncementId(id), type, timestamp: occurredAt, data });
}

/** A UUID of version 8, as RFC 9562 names those that an application makes by rules of its own. */
function sourceId(source: string): string {
  const bytes = Buffer.from(sha256(source)).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
