import { decodeEntryId, decodeId, encodeEntryId, encodeId, type EntryKey, type IdType, idTypeOf } from '#core/ids';

/** An id that no object has: what a malformed id turns into, so that it answers like any other absent object. */
const NOBODYS_ID = '00000000-0000-0000-0000-000000000000';

/** What is no node: users are seen through memberships only, sessions by their owner, operator tokens not at all. */
const NO_NODES: ReadonlySet<IdType> = new Set(['OperatorToken', 'User', 'Session']);

export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return typename === 'UsageEntry'
    ? encodeEntryId(parseEntryKey(String(id)))
    : encodeId(typename as IdType, String(id));
}

export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const entry = decodeEntryId(globalId);
  if (entry) return { typename: 'UsageEntry', id: formatEntryKey(entry) };
  const typename = idTypeOf(globalId);
  if (typename === null || NO_NODES.has(typename)) return { typename: 'Workspace', id: NOBODYS_ID };
  return { typename, id: decodeId(typename, globalId) ?? NOBODYS_ID };
}

/** Two parts in one string, since the relay plugin knows only strings. */
export function formatEntryKey({ workspaceId, seq }: EntryKey): string {
  return `${workspaceId}:${seq}`;
}

export function parseEntryKey(text: string): EntryKey {
  const [workspaceId = '', seq = '0'] = text.split(':');
  return { workspaceId, seq: BigInt(seq) };
}
