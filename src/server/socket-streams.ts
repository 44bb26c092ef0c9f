import type { FanOut } from '#server/fan-out';
import type { LiveSubscription } from '#server/live-subscription';
import type { Outlet } from '#server/outlet';
import { Subscriber } from '#server/subscriber';

interface SocketStreamsOptions {
  outlet: Outlet;
  fanOut: FanOut;
  /** Called when a stream ends with an error, which may be that its credential died. */
  onFault: () => void;
}

/** The streams of one socket, by the ids that its client knows them by. */
export class SocketStreams {
  /** Where their events leave. */
  readonly outlet: Outlet;
  readonly fanOut: FanOut;
  readonly onFault: () => void;
  readonly #byId = new Map<string, Subscriber>();
  #isClosed = false;

  constructor({ outlet, fanOut, onFault }: SocketStreamsOptions) {
    this.outlet = outlet;
    this.fanOut = fanOut;
    this.onFault = onFault;
  }

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** @param isOfSocket Whether its credential is the one that opened the socket. */
  begin(id: string, { live, isOfSocket }: { live: LiveSubscription; isOfSocket: boolean }): void {
    // It was being started when the socket closed.
    if (this.#isClosed) return;
    const subscriber = new Subscriber({ live, id, line: this, isOfSocket });
    this.#byId.set(id, subscriber);
    subscriber.goOnAlone();
  }

  /** Ends the stream that its client completed. @returns whether there was one. */
  complete(id: string): boolean {
    const subscriber = this.#byId.get(id);
    subscriber?.leave();
    return this.#byId.delete(id);
  }

  /** Tells the client that a stream is over, unless it has heard of that otherwise. */
  end(id: string): void {
    if (this.#byId.delete(id)) this.outlet.complete(id);
  }

  /** From where each of them goes on. */
  *cursors(): Generator<[id: string, cursor: string], void> {
    for (const [id, { cursor }] of this.#byId) if (cursor !== null) yield [id, cursor];
  }

  /** The socket is gone, and they with it. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#byId.values()) subscriber.leave();
    this.#byId.clear();
  }
}
