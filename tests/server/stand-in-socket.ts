import type { FanOut } from '#server/fan-out';
import type { LiveSubscription } from '#server/live-subscription';
import type { Outlet } from '#server/outlet';
import { SocketStreams } from '#server/socket-streams';

/** A socket that can stop taking what it is sent: then the next write fills it. */
function openOutlet() {
  const heard: string[] = [];
  const completed = { count: 0 };
  const waiting: (() => void)[] = [];
  const state = { isStalled: false, isFull: false, forMs: Number.POSITIVE_INFINITY };
  const free = (): void => {
    state.isFull = false;
    for (const resume of waiting.splice(0)) resume();
  };
  const write = (_id: string, payload: Buffer): void => {
    heard.push(payload.toString());
    state.isFull = state.isStalled;
    if (state.isFull && Number.isFinite(state.forMs)) setTimeout(free, state.forMs);
  };
  return {
    heard,
    completed,
    /** From the next write on it is full: until it is drained, or each time for so long. */
    stall: ({ forMs = Number.POSITIVE_INFINITY } = {}) => void Object.assign(state, { isStalled: true, forMs }),
    drain: () => {
      state.isStalled = false;
      free();
    },
    outlet: {
      get isFull() {
        return state.isFull;
      },
      write,
      writeAlone: write,
      complete: () => completed.count++,
      hasRoom: () => (state.isFull ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve()),
    } as unknown as Outlet,
  };
}

/** One stream on a socket of its own. */
export function begin(live: LiveSubscription, fanOut: FanOut) {
  const socket = openOutlet();
  const faults = { count: 0 };
  const streams = new SocketStreams({ outlet: socket.outlet, fanOut, onFault: () => faults.count++ });
  streams.begin('1', { live, isOfSocket: true });
  return { ...socket, faults, leave: () => streams.complete('1'), isOver: () => streams.size === 0 };
}

export const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
