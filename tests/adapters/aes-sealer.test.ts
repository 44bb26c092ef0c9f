import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openAesSealer } from '#adapters/aes-sealer';
import { type Db, openDb } from '#core/db';
import { checkSealingKeys, SealBroken, WrongSealingKey } from '#core/sealing';
import { makeScratchDatabase, type ScratchDatabase } from '../world/scratch-database.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];

test('what was sealed is opened again, and twice the same text looks different', () => {
  const sealer = openAesSealer({ current: first });
  const text = 'whsec_ąöß ✓';
  const sealed = sealer.seal(text, 'webhook 1');
  expect(sealer.open(sealed, 'webhook 1')).toBe(text);
  expect(sealer.seal(text, 'webhook 1')).not.toEqual(sealed);
  expect(Buffer.from(sealed).includes(text)).toBe(false);
});

test('a value is opened for what it was sealed for alone, and not once a bit of it changed', () => {
  const sealer = openAesSealer({ current: first });
  const sealed = sealer.seal('secret', 'webhook 1');
  expect(() => sealer.open(sealed, 'webhook 2')).toThrow(SealBroken);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at]! ^= 1;
    expect(() => sealer.open(changed, 'webhook 1')).toThrow(SealBroken);
  }
  for (const length of [0, 1, 36]) expect(() => sealer.open(sealed.slice(0, length), 'webhook 1')).toThrow(SealBroken);
});

test('after a change of keys the old one still opens and the new one seals', () => {
  const sealed = openAesSealer({ current: first }).seal('secret', 'x');
  const sealer = openAesSealer({ current: second, previous: [first] });
  expect(sealer.open(sealed, 'x')).toBe('secret');
  expect(sealer.keyIdOf(sealed)).not.toBe(sealer.keyId);
  expect(sealer.keyIdOf(sealer.seal('secret', 'x'))).toBe(sealer.keyId);
  expect(() => openAesSealer({ current: second }).open(sealed, 'x')).toThrow(/key that is not known/);
});

let database: ScratchDatabase;
let db: Db;
beforeAll(async () => {
  database = await makeScratchDatabase(inject('templateName'));
  db = openDb({ url: database.url });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

test('a start with another key is refused in words, and nothing is written', async () => {
  await checkSealingKeys(db, openAesSealer({ current: first }));
  await checkSealingKeys(db, openAesSealer({ current: first }));
  const before = await db.sealingKey.findMany();
  expect(before).toHaveLength(1);
  const wrong = checkSealingKeys(db, openAesSealer({ current: second }));
  await expect(wrong).rejects.toThrow(WrongSealingKey);
  await expect(wrong).rejects.toThrow(/SEALING_KEYS_PREVIOUS.*Nothing was changed/);
  expect(await db.sealingKey.findMany()).toEqual(before);
  await checkSealingKeys(db, openAesSealer({ current: second, previous: [first] }));
  expect(await db.sealingKey.count()).toBe(2);
  // From now on both are needed: the database has secrets of both.
  await expect(checkSealingKeys(db, openAesSealer({ current: second }))).rejects.toThrow(WrongSealingKey);
});

test('of two servers that begin with two keys one is refused', async () => {
  await db.sealingKey.deleteMany();
  const starts = [first, second].map((current) => checkSealingKeys(db, openAesSealer({ current })));
  const states = (await Promise.allSettled(starts)).map(({ status }) => status);
  expect(states.toSorted()).toEqual(['fulfilled', 'rejected']);
});
