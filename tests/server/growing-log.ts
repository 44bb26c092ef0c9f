import type { LiveEvent, LiveStep } from '#graph/live-streams';
import type { LiveSubscription } from '#server/live-subscription';

export interface Rights {
  cohort: string;
  credential: string;
  lost?: Error;
  /** How long asking about them takes. */
  asking?: Promise<void>;
}

/** A log that grows, followed as the feed is: whole steps, then a wait for more. */
export function openLog({ isOrdered = true } = {}) {
  let [last, fault, made] = [0n, null as Error | null, 0];
  let wake: (() => void)[] = [];
  const open = { streams: 0 };
  const doubters = new Set<() => void>();
  const wakeAll = (): void => {
    const sleeping = wake;
    wake = [];
    for (const resume of sleeping) resume();
  };
  const from = (after: bigint): AsyncIterableIterator<LiveStep, void> => {
    let [cursor, hasLeft, hasBegun] = [after, false, false];
    open.streams++;
    const leave = async (): Promise<IteratorResult<LiveStep, void>> => {
      if (!hasLeft) open.streams--;
      hasLeft = true;
      wakeAll();
      return { done: true, value: undefined };
    };
    const steps: AsyncIterableIterator<LiveStep, void> = {
      async next() {
        const isIdle = (): boolean => hasBegun && cursor === last && !hasLeft && !fault;
        while (isIdle()) await new Promise<void>((resolve) => wake.push(resolve));
        if (hasLeft) return { done: true, value: undefined };
        if (fault) throw fault;
        hasBegun = true;
        const value = stepBetween(cursor, cursor + 3n < last ? cursor + 3n : last, last);
        cursor = BigInt(value.cursor);
        return { done: false, value: isOrdered ? value : withoutOrder(value) };
      },
      return: leave,
      [Symbol.asyncIterator]: () => steps,
    };
    return steps;
  };
  return {
    open,
    /** A subscription by somebody whose rights name their cohort: changed, they are doubted. */
    follow: (after: bigint | null, rights: Rights = { cohort: 'same', credential: 'one' }): LiveSubscription =>
      subscriptionBy(rights, {
        steps: (place) => from(place === undefined ? (after ?? last) : BigInt(place)),
        doubters,
        onMade: () => made++,
      }),
    doubt: () => {
      for (const doubter of doubters) doubter();
    },
    /** How many subscriptions are held on to. */
    listeners: () => doubters.size,
    made: () => made,
    grow: (by: number) => {
      last += BigInt(by);
      wakeAll();
    },
    fail: (message: string) => {
      fault = new Error(message);
      wakeAll();
    },
  };
}

interface Source {
  steps: (after?: string) => AsyncIterableIterator<LiveStep, void>;
  doubters: Set<() => void>;
  onMade: () => void;
}

function subscriptionBy(rights: Rights, { steps, doubters, onMade }: Source): LiveSubscription {
  const standing = async (): Promise<string> => {
    await rights.asking;
    if (rights.lost) throw rights.lost;
    return rights.cohort;
  };
  return {
    credential: rights.credential,
    stream: { steps },
    onDoubt: (listener: () => void) => (doubters.add(listener), () => doubters.delete(listener)),
    check: standing,
    payloadOf: async ({ cursor }: LiveEvent) => {
      const cohort = await standing();
      onMade();
      return { cohort, sent: Buffer.from(cursor) };
    },
    lastPayload: async (error: Error) => Buffer.from(error.message),
    count: () => undefined,
  } as unknown as LiveSubscription;
}

function stepBetween(start: bigint, end: bigint, last: bigint): LiveStep {
  const events: LiveEvent[] = [];
  for (let seq = start + 1n; seq <= end; seq++)
    events.push({ event: { type: 'Any' }, seq, cursor: String(seq), origin: {} });
  return { events, seq: end, cursor: String(end), isCaughtUp: end === last };
}

function withoutOrder({ events, cursor, isCaughtUp }: LiveStep): LiveStep {
  return { events: events.map(({ seq: _, ...event }) => event), cursor, isCaughtUp };
}
