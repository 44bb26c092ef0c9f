import { afterEach, expect, test, vi } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import type { Hint } from '#core/events/bus';
import { type Carrier, HintRelay } from '#core/events/hint-relay';

afterEach(() => void vi.useRealTimers());

/** A relay whose carrier sends as it is told to, and what it was given to send. */
function openRelay(send: () => Promise<void>) {
  const texts: string[] = [];
  const close = vi.fn<Carrier['close']>(() => Promise.resolve());
  const carrier: Carrier = {
    send(text) {
      expect(close).not.toHaveBeenCalled();
      texts.push(text);
      return send();
    },
    close,
  };
  const relay = new HintRelay(
    openMemoryBus(() => undefined),
    () => carrier,
  );
  return { relay, texts, close };
}

/** More than goes into one text. */
const LOSSES: Hint[] = Array.from({ length: 500 }, (_, index) => ({
  kind: 'access',
  workspaceId: `workspace ${index}`,
}));

const hintsIn = (texts: readonly string[]): unknown[] =>
  texts.flatMap((text) => (JSON.parse(text) as unknown[]).slice(1));

const sorted = (hints: readonly unknown[]): string[] => hints.map((hint) => JSON.stringify(hint)).toSorted();

/** A carrier's answer that a test gives when it is time. */
class Answer {
  take!: () => void;
  refuse!: () => void;
  readonly given = new Promise<void>((resolve, reject) => {
    this.take = resolve;
    this.refuse = () => reject(new Error('away'));
  });
}

test('a relay that closes while it sends makes one last try for what was not taken, and then lets the carrier go', async () => {
  const first = new Answer();
  const { relay, texts, close } = openRelay(() => (texts.length === 1 ? first.given : Promise.resolve()));
  for (const hint of LOSSES) relay.publish(hint);
  await vi.waitUntil(() => texts.length === 1);
  const closed = relay.close();
  const late: Hint = { kind: 'session', sessionId: 'signed out meanwhile' };
  relay.publish(late);
  first.refuse();
  await closed;
  expect(sorted(hintsIn(texts.slice(1)))).toEqual(sorted([...LOSSES, late]));
  expect(close).toHaveBeenCalledOnce();
});

test('what a relay has handed over when it closes is not sent again', async () => {
  const first = new Answer();
  const { relay, texts } = openRelay(() => (texts.length === 1 ? first.given : Promise.resolve()));
  for (const hint of LOSSES) relay.publish(hint);
  await vi.waitUntil(() => texts.length === 1);
  const closed = relay.close();
  first.take();
  await closed;
  expect(hintsIn(texts)).toEqual(LOSSES);
});

test('a carrier that takes nothing is asked once more for each text, and one that hangs keeps a relay from closing for seconds only', async () => {
  vi.useFakeTimers();
  const refusing = openRelay(() => Promise.reject(new Error('away')));
  for (const hint of LOSSES) refusing.relay.publish(hint);
  await refusing.relay.close();
  expect(hintsIn(refusing.texts)).toEqual(LOSSES);

  const hanging = openRelay(() => new Promise(() => undefined));
  for (const hint of LOSSES) hanging.relay.publish(hint);
  await vi.advanceTimersByTimeAsync(10);
  expect(hanging.texts).toHaveLength(1);
  hanging.relay.publish({ kind: 'lost' });
  const closed = hanging.relay.close();
  await vi.advanceTimersByTimeAsync(20_000);
  await closed;
  expect(hanging.close).toHaveBeenCalledOnce();
});
