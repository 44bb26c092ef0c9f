import { expect, test } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import type { SignedIn } from '#core/access/sessions';
import { CredentialExpired } from '#core/errors';
import { Callers } from '#server/callers';
import { SharedAccess } from '#server/shared-access';

const none = null as never;

/** Somebody with a cookie, whose session is what the test says. */
function visitor(sessions: (SignedIn | null)[]) {
  const callers = new Callers({
    db: none,
    shared: new SharedAccess(openMemoryBus(() => undefined)),
    keys: none,
    operators: none,
    sessions: { find: async () => sessions.shift() ?? null },
    isTrustedOrigin: () => true,
  });
  const credentials = { authorization: undefined, cookie: 'session=1', origin: undefined };
  return callers.caller(credentials, { address: null });
}

const session = (lifeMs: number): SignedIn => ({
  userId: 'Ada',
  sessionId: 'of Ada',
  expiresAt: new Date(Date.now() + lifeMs),
});

test('a session whose time is over has expired; one that is gone before has ended', async () => {
  const expired = visitor([session(-1), null]);
  expect(await expired.identify()).toMatchObject({ kind: 'USER', userId: 'Ada' });
  expect(expired.sessionId).toBe('of Ada');
  await expect(expired.identify()).rejects.toThrow(CredentialExpired);
  const ended = visitor([session(60_000), null]);
  await ended.identify();
  expect(await ended.identify()).toMatchObject({ kind: 'NOBODY' });
});

test('who comes with a session that is over is nobody, as without one', async () => {
  expect(await visitor([null]).identify()).toMatchObject({ kind: 'NOBODY' });
});

test('a session that was used, and so lives longer, has not expired at its former time', async () => {
  const used = visitor([session(-1), session(60_000), null]);
  await used.identify();
  await used.identify();
  expect(await used.identify()).toMatchObject({ kind: 'NOBODY' });
});
