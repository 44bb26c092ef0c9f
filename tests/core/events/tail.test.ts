import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { Tail } from '#core/events/tail';

test('who comes to follow the newest while news is being read keeps those before them from nothing', async () => {
  const gate = new EventEmitter();
  const tail = new Tail<{ seq: bigint }>('workspace', {
    reader: {
      async rowsAfter(_id, seq) {
        await once(gate, 'open');
        return [{ seq: seq + 1n }];
      },
    },
    onError: (error) => {
      throw error;
    },
  });
  const first = tail.join('NEWEST');
  tail.noteHead({ workspaceId: 'workspace', seq: 10n, accessVersion: 0 });
  expect(tail.hasNews(first, 10n)).toBe(false);
  const woken = first.sleep();
  tail.noteSeq(11n);
  tail.join('NEWEST');
  gate.emit('open');
  await woken;
  expect(await tail.rowsAfter(10n, 'NEWEST')).toEqual([{ seq: 11n }]);
}, 2_000);
