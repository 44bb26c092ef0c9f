import { randomUUID } from 'node:crypto';
import type { Answer, Command, Following } from './crowd.ts';
import { RawSocket } from './raw-socket.ts';

/** One subscriber of the crowd, and what it goes on from when it comes back. */
interface Subscriber {
  following: Following;
  socket: RawSocket | null;
  begin: (() => void) | null;
  lastSeq: string | null;
}

/** More at once would overflow the listener's backlog. */
const OPENED_AT_ONCE = 100;
const NEXT = Buffer.from('"type":"next"');
const SEQ = /"seq":"(\d+)"/;
const clock = (): number => performance.timeOrigin + performance.now();

const subscribers: Subscriber[] = [];
let hasLog = false;
let heard = 0;
let closed = 0;
let arrivals: Answer['arrivals'] = [];
let waiting: { count: number; resolve: () => void } | null = null;

process.on('message', (command: Command) => void obey(command).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit());
process.send?.({});

/** Many clients in a process of their own, so that what they cost is not the server's. */
async function obey(command: Command): Promise<Partial<Answer>> {
  switch (command.kind) {
    case 'open': {
      hasLog = command.hasLog;
      const added = inTurns(command.followings).map((following) => ({
        following,
        socket: null,
        begin: null,
        lastSeq: null,
      }));
      subscribers.push(...added);
      await openAll(added, command.url);
      return {};
    }
    case 'reopen':
      await openAll(subscribers, command.url);
      return {};
    case 'heard':
      if (heard < command.count) await new Promise<void>((resolve) => (waiting = { count: command.count, resolve }));
      return { heard };
    case 'report': {
      const answer = { heard, closed, arrivals, seqs: subscribers.map(({ lastSeq }) => lastSeq) };
      arrivals = [];
      heard = 0;
      closed = 0;
      return answer;
    }
    case 'drop':
      for (const subscriber of subscribers) {
        subscriber.socket?.drop();
        subscriber.socket = null;
      }
      if (!command.isForGood) return {};
      subscribers.length = 0;
      return {};
  }
}

/** One of each, then the second of each: who watches the same thing does not come, and come back, in a row. */
function inTurns(followings: readonly Following[]): Following[] {
  const turns = Math.max(...followings.map(({ count }) => count));
  return Array.from({ length: turns }, (_, turn) => followings.filter(({ count }) => count > turn)).flat();
}

async function openAll(wanted: Subscriber[], url: string): Promise<void> {
  const left = wanted.values();
  const openSome = async (): Promise<void> => {
    for (const subscriber of left) await open(subscriber, url);
  };
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, openSome));
}

/** Resolves when its stream has begun: with its first event, or where the first comes later, with the answer to a ping. */
function open(subscriber: Subscriber, url: string): Promise<void> {
  const { authorization, query, isSilentAtFirst, group } = subscriber.following;
  return new Promise((resolve) => {
    subscriber.begin = resolve;
    const socket = new RawSocket(url, {
      onClosed: () => {
        if (subscriber.socket === socket) closed++;
      },
      onText(text) {
        if (text.includes(NEXT)) return hear(subscriber, text, group);
        if (text.includes('connection_ack')) {
          const variables = subscriber.lastSeq === null ? {} : { after: subscriber.lastSeq };
          // As stock clients name their operations: no two alike.
          socket.send({ id: randomUUID(), type: 'subscribe', payload: { query, variables } });
          if (isSilentAtFirst) socket.send({ type: 'ping' });
        } else if (text.includes('"pong"')) resolve();
        else throw new Error(`A stream did not begin: ${text.toString()}`);
      },
    });
    subscriber.socket = socket;
    socket.send({ type: 'connection_init', payload: { authorization } });
  });
}

function hear(subscriber: Subscriber, text: Buffer, group: number): void {
  if (subscriber.begin) {
    subscriber.begin();
    subscriber.begin = null;
    // A state that it began with is no event.
    if (text.includes('FeedSnapshot')) {
      subscriber.lastSeq = seqOf(text);
      return;
    }
  }
  heard++;
  if (hasLog) {
    const seq = seqOf(text);
    subscriber.lastSeq = seq;
    arrivals.push([group, Number(seq), clock()]);
  }
  if (waiting && heard >= waiting.count) {
    waiting.resolve();
    waiting = null;
  }
}

function seqOf(text: Buffer): string {
  const [, seq] = SEQ.exec(text.toString('latin1')) ?? [];
  if (seq === undefined) throw new Error(`An event without a seq: ${text.toString()}`);
  return seq;
}
