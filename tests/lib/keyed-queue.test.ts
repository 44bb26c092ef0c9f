import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { KeyedQueue, QueueFull } from '#lib/keyed-queue';

/** A door that work waits at until the test opens it. */
function makeDoor(): { opened: Promise<unknown>; open: () => void } {
  const emitter = new EventEmitter();
  return { opened: once(emitter, 'open'), open: () => void emitter.emit('open') };
}

test('work of one key runs one at a time in order, whatever becomes of each', async () => {
  const queue = new KeyedQueue(10);
  const log: string[] = [];
  const door = makeDoor();
  const first = queue.run('a', async () => {
    await door.opened;
    log.push('first');
    throw new Error('broken');
  });
  const second = queue.run('a', async () => void log.push('second'));
  await queue.run('b', async () => void log.push('other key'));
  door.open();
  await expect(first).rejects.toThrow('broken');
  await second;
  expect(log).toEqual(['other key', 'first', 'second']);
});

test('refuses work beyond the bound without beginning it, and takes more once there is room', async () => {
  const queue = new KeyedQueue(2);
  const door = makeDoor();
  const running = [queue.run('a', () => door.opened), queue.run('a', async () => {})];
  let begun = false;
  await expect(queue.run('a', async () => void (begun = true))).rejects.toThrow(QueueFull);
  door.open();
  await Promise.all(running);
  expect(begun).toBe(false);
  await expect(queue.run('a', async () => 'again')).resolves.toBe('again');
});
