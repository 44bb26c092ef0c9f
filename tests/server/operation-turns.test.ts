import { expect, test } from 'vitest';
import { OperationTurns } from '#server/operation-turns';

/** Stands for the library: an operation is under way until it is let go. */
function openTurns() {
  const taken: string[] = [];
  const running: (() => void)[] = [];
  const receive = (text: string): Promise<void> => {
    taken.push(text);
    return text.includes('subscribe') ? new Promise((resolve) => running.push(resolve)) : Promise.resolve();
  };
  const turns = new OperationTurns(receive, (id) => id === 'stream');
  const say = (type: string, id: string): string => {
    const text = JSON.stringify({ type, id });
    turns.take(text).catch((error: unknown) => taken.push(String(error)));
    return text;
  };
  return { taken, say, end: async () => (running.shift()?.(), settle()), take: (text: string) => turns.take(text) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an id that is used again right after its completion waits for the end of the operation before, in order', async () => {
  const { taken, say, end } = openTurns();
  const first = [say('subscribe', 's'), say('complete', 's')];
  const again = [say('subscribe', 's'), say('complete', 's'), say('subscribe', 's')];
  const other = say('subscribe', 'other');
  await settle();
  expect(taken).toEqual([...first, other]);
  await end();
  expect(taken).toEqual([...first, other, ...again.slice(0, 2)]);
  await end();
  await end();
  expect(taken).toEqual([...first, other, ...again]);
});

test('an id in use that nobody completed is handed on at once: to refuse it is the business of the library', async () => {
  const { taken, say } = openTurns();
  const both = [say('subscribe', 's'), say('subscribe', 's')];
  await settle();
  expect(taken).toEqual(both);
});

test('what is no message about an operation is handed on at once, and little waits for one end', async () => {
  const { taken, say, take } = openTurns();
  for (const text of ['not JSON', '[]', 'null', '{"type":"ping"}', '{"type":"subscribe","id":7}']) {
    void take(text);
    expect(taken.at(-1)).toBe(text);
  }
  say('subscribe', 's');
  say('complete', 's');
  for (let count = 0; count <= 100; count++) say('subscribe', 's');
  await settle();
  expect(taken.filter((text) => text.startsWith('Error'))).toHaveLength(1);
});

test('the end of a stream is no business of the library: it no longer knows of it', async () => {
  const { taken, say } = openTurns();
  say('complete', 'stream');
  const other = say('complete', 'other');
  await settle();
  expect(taken).toEqual([other]);
});
