import { expect, test } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import type { SignedIn } from '#core/access/sessions';
import { CredentialExpired } from '#core/errors';
import { Callers } from '#server/callers';
import { SharedAccess } from '#server/shared-access';

const none = null as never;

/** Somebody with a cookie, whose session is found, and afterwards is what the test says. */
function visitor(found: SignedIn | null, kept: (SignedIn | null)[] = []) {
  const asked: string[][] = [];
  const callers = new Callers({
    db: none,
    shared: new SharedAccess(openMemoryBus(() => undefined)),
    keys: none,
    operators: none,
    sessions: { find: async () => found },
    findSessions: async (ids) => {
      asked.push([...ids]);
      const session = kept.shift();
      return new Map(session ? [[session.sessionId, session]] : []);
    },
    isTrustedOrigin: () => true,
  });
  const credentials = { authorization: undefined, cookie: 'session=1', origin: undefined };
  return { callers, asked, caller: callers.caller(credentials, { address: null }) };
}

const session = (lifeMs: number): SignedIn => ({
  userId: 'Ada',
  sessionId: 'of Ada',
  expiresAt: new Date(Date.now() + lifeMs),
});

test('a session whose time is over has expired; one that is gone has ended', async () => {
  const expired = visitor(session(60_000), [session(60_000), session(-1)]).caller;
  expect(await expired.identify()).toMatchObject({ kind: 'USER', userId: 'Ada' });
  expect(expired.sessionId).toBe('of Ada');
  expect(await expired.identify()).toMatchObject({ kind: 'USER', userId: 'Ada' });
  await expect(expired.identify()).rejects.toThrow(CredentialExpired);
  const ended = visitor(session(60_000), [null]).caller;
  await ended.identify();
  expect(await ended.identify()).toMatchObject({ kind: 'NOBODY' });
});

test('who comes with a session that is over is nobody, as without one', async () => {
  expect(await visitor(null).caller.identify()).toMatchObject({ kind: 'NOBODY' });
});

test('sessions of many that are asked about at once are read together', async () => {
  const { callers, asked } = visitor(session(60_000), [session(60_000), session(60_000), session(60_000)]);
  const cookies = Array.from({ length: 100 }, (_, index) => `session=${index}`);
  const crowd = cookies.map((cookie) =>
    callers.caller({ authorization: undefined, cookie, origin: undefined }, { address: null }),
  );
  await Promise.all(crowd.map((caller) => caller.identify()));
  await Promise.all(crowd.map((caller) => caller.identify()));
  expect(asked).toEqual([['of Ada']]);
});
