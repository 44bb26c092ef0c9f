import { expect, test } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import { Access } from '#core/access/access';
import type { Db } from '#core/db';
import { Unauthenticated } from '#core/errors';
import { SharedAccess } from '#server/shared-access';

const bus = openMemoryBus((error) => {
  throw error;
});
const shared = new SharedAccess(bus);
const nobody = new Access(null as unknown as Db, { kind: 'NOBODY', address: null });

/** A credential that is looked up late, and how often it was. */
function lookUp(credential: string, answer: () => Promise<Access> = async () => nobody) {
  const asked = { count: 0 };
  const ask = (): Promise<Access> =>
    shared.of(credential, () => {
      asked.count++;
      return answer();
    });
  return { asked, ask };
}

test('a thousand streams of one credential cost one look, and one more after anything was told of rights or sessions', async () => {
  const { asked, ask } = lookUp('one');
  const askAll = (): Promise<Access[]> => Promise.all(Array.from({ length: 1_000 }, ask));
  await askAll();
  await askAll();
  expect(asked.count).toBe(1);
  bus.publish({ kind: 'access', workspaceId: 'any' });
  await askAll();
  expect(asked.count).toBe(2);
  bus.publish({ kind: 'session', sessionId: 'any' });
  await askAll();
  expect(asked.count).toBe(3);
  bus.publish({ kind: 'credits', workspaceId: 'any', seq: 1n });
  await askAll();
  expect(asked.count).toBe(3);
});

test('a look that began before a change answers nobody who asks after it', async () => {
  const finish: (() => void)[] = [];
  const { asked, ask } = lookUp('slow', () => new Promise((resolve) => finish.push(() => resolve(nobody))));
  const before = ask();
  bus.publish({ kind: 'access', workspaceId: 'any' });
  const after = ask();
  for (const look of finish) look();
  await Promise.all([before, after]);
  expect(asked.count).toBe(2);
});

test('a refusal is shared like an answer, and credentials do not share with each other', async () => {
  const dead = lookUp('dead', async () => {
    throw new Unauthenticated('Revoked.');
  });
  await expect(dead.ask()).rejects.toThrow(Unauthenticated);
  await expect(dead.ask()).rejects.toThrow(Unauthenticated);
  expect(dead.asked.count).toBe(1);
  await expect(lookUp('alive').ask()).resolves.toBe(nobody);
});

test('what no hint told of is seen within a second', async () => {
  const { asked, ask } = lookUp('forgotten');
  await ask();
  await expect
    .poll(
      async () => {
        await ask();
        return asked.count;
      },
      { timeout: 1_500 },
    )
    .toBe(2);
});
