import { expect, test } from 'vitest';
import { decodeEntryId, decodeId, encodeEntryId, encodeId, ID_PREFIXES, type IdType, idTypeOf, newId } from '#core/ids';

const TYPES = Object.keys(ID_PREFIXES) as IdType[];

test.each(TYPES)('the public id of a %s says its type and comes back as it was', (type) => {
  const uuid = newId();
  const id = encodeId(type, uuid);
  expect(id).toMatch(new RegExp(`^${ID_PREFIXES[type]}_[0-9a-hjkmnp-tv-z]{26}$`));
  expect(decodeId(type, id)).toBe(uuid);
  expect(idTypeOf(id)).toBe(type);
  for (const other of TYPES.filter((candidate) => candidate !== type)) expect(decodeId(other, id)).toBeNull();
});

const SUFFIX = encodeId('Workspace', newId()).slice(3);

test.each([
  '',
  '_',
  'ws',
  'wsx',
  'ws_',
  SUFFIX,
  `ws_${SUFFIX}x`,
  `ws_${SUFFIX.slice(1)}`,
  `ws_8${SUFFIX.slice(1)}`,
  `ws_${'z'.repeat(26)}`,
  `WS_${SUFFIX}`,
  `ws_${SUFFIX.toUpperCase()}`,
  `ws__${SUFFIX}`,
  ` ws_${SUFFIX}`,
  `ws_${SUFFIX}\n`,
  `ws_${'0'.repeat(5_000)}`,
  newId(),
])('%j is nobody’s workspace', (text) => {
  expect(decodeId('Workspace', text)).toBeNull();
});

test.each(['ws', 'wsx', 'userx', '', 'foreign_1'])('%j has no type', (text) => expect(idTypeOf(text)).toBeNull());

test('an entry’s id names its workspace and seq, and nothing malformed does', () => {
  const key = { workspaceId: newId(), seq: 42n };
  const id = encodeEntryId(key);
  expect(decodeEntryId(id)).toEqual(key);
  const suffix = id.slice(6, 32);
  const malformed = [`usage_${suffix}`, `usage_${suffix}_0`, `usage_${suffix}_-1`, `usage_${suffix}_1e3`];
  malformed.push(`usage_${suffix}_${'9'.repeat(19)}`, `usage_8${suffix.slice(1)}_1`, `ws_${suffix}_1`, `${id}\n`);
  expect(malformed.map(decodeEntryId)).toEqual(malformed.map(() => null));
});
