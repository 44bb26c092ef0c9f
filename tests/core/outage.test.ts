import { expect, test } from 'vitest';
import { NotFound, Unavailable } from '#core/errors';
import { isUnreachable, onceReachable } from '#core/outage';

const NOT_QUERYABLE = 'Client has encountered a connection error and is not queryable';

const refuse = (): Promise<never> => Promise.reject(new NotFound('No such thing.'));
const away = (): Promise<never> => Promise.reject(new Unavailable());

test('a connection that broke a moment ago is a database that is away, however deep that is told', () => {
  for (const message of [NOT_QUERYABLE, 'Client was closed and is not queryable', 'Connection terminated unexpectedly'])
    expect(isUnreachable(new Error('Raw query failed', { cause: new Error(message) }))).toBe(true);
  expect(isUnreachable(new Error('Unique constraint failed'))).toBe(false);
});

test('what cannot be read is read again while somebody wants it, and every other error is passed on at once', async () => {
  let tries = 0;
  const read = async (): Promise<number> => {
    if (++tries < 3) throw tries === 1 ? new Unavailable() : new Error(NOT_QUERYABLE);
    return tries;
  };
  expect(await onceReachable(read, () => true)).toBe(3);
  await expect(onceReachable(refuse, () => true)).rejects.toThrow(NotFound);
  await expect(onceReachable(away, () => false)).rejects.toThrow(Unavailable);
});
