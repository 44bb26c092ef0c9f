import { CredentialExpired } from '#core/errors';
import type { LiveStep } from '#graph/live-streams';
import { type Cohort, type LastWord, type Member, type Place, placeOf, type Steps } from '#server/cohort';
import type { FanOut } from '#server/fan-out';
import type { LiveSubscription } from '#server/live-subscription';
import type { Outlet } from '#server/outlet';

const NOTHING: Buffer = Buffer.alloc(0);

/** The socket of a stream, as the stream knows it. */
interface Line {
  outlet: Outlet;
  fanOut: FanOut;
  /** Tells the client that a stream is over, unless it has heard of that otherwise. */
  end(id: string): void;
  /** Called when a stream ends with an error, which may be that its credential died. */
  onFault: () => void;
}

interface SubscriberOptions {
  live: LiveSubscription;
  /** Under which its client knows it. */
  id: string;
  line: Line;
  /** Whether its credential is the one that opened the socket, which ends with it. */
  isOfSocket: boolean;
}

/** One stream of one socket. */
export class Subscriber implements Member {
  /** Its own while it is alone; then its party's, so that thousands do not keep what each of them began with. */
  live: LiveSubscription;
  /** As far as it came alone; a cohort may have come further with it since. */
  #place: Place | null = null;
  readonly #id: string;
  readonly #line: Line;
  readonly #isOfSocket: boolean;
  /** Its own stream while it is alone. */
  #steps: Steps | null = null;
  #cohort: Cohort | null = null;
  #isOver = false;

  constructor({ live, id, line, isOfSocket }: SubscriberOptions) {
    this.live = live;
    this.#id = id;
    this.#line = line;
    this.#isOfSocket = isOfSocket;
  }

  get isFull(): boolean {
    return this.#line.outlet.isFull;
  }

  /** What to give as `after` to go on behind everything it was sent; null before it was sent anything. */
  get cursor(): string | null {
    return this.#furthest(this.#cohort?.place)?.cursor ?? null;
  }

  isPast(seq: bigint): boolean {
    const heard = this.#place?.seq;
    return heard !== undefined && seq <= heard;
  }

  hasRoom(): Promise<void> {
    return this.#line.outlet.hasRoom();
  }

  write(payload: Buffer): void {
    this.#line.outlet.write(this.#id, payload);
  }

  writeAlone(payload: Buffer): void {
    this.#line.outlet.writeAlone(this.#id, payload);
  }

  /** Its client wants no more, or is gone. */
  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cohort?.leave(this);
    void this.#steps?.return?.();
  }

  /** Ends the stream, after a last word where there is one. */
  finish(lastWord: LastWord | null): void {
    if (this.#isOver) return;
    this.leave();
    // A stream of which nothing is said goes on when its client comes back with the socket: so it does where time alone
    // ended the credential, and the client may have a new one.
    const goesOn = lastWord?.error instanceof CredentialExpired && this.#isOfSocket;
    if (lastWord && !goesOn) this.write(lastWord.payload);
    if (!goesOn) this.#line.end(this.#id);
    if (lastWord) this.#line.onFault();
  }

  /** Follows the stream from there on by itself, as fast as its socket takes it, until there is a cohort to join. */
  goOnAlone(after?: Place): void {
    this.#cohort = null;
    if (this.#isOver) return;
    this.#place = this.#furthest(after);
    this.#steps = this.live.stream.steps(this.#place?.cursor);
    void this.#follow(this.#steps);
  }

  async #follow(steps: Steps): Promise<void> {
    const { live } = this;
    const isWanted = (): boolean => !this.#isOver;
    const faults: unknown[] = [];
    // Its rights are asked about with each event anyway; this is for one that says nothing.
    const stopListening = live.onDoubt(() => {
      live.check(isWanted).catch((error: unknown) => {
        // Who has joined others by now was doubted with them.
        if (this.#steps !== steps) return;
        faults.push(error);
        void steps.return?.();
      });
    });
    try {
      await this.hasRoom();
      for (let step = await steps.next(); !step.done; step = await steps.next()) {
        await this.#tell(step.value);
        let [cohort, doubts] = ['', -1];
        // Rights that nobody doubts in the very moment of joining.
        while (doubts !== live.doubts) {
          doubts = live.doubts;
          cohort = await live.check(isWanted);
        }
        if (this.#isOver || faults.length > 0) break;
        this.#cohort = this.#line.fanOut.join(this, { cohort, steps, step: step.value });
        if (this.#cohort) {
          this.#steps = null;
          // Most come as far as those they join: what is the same for thousands is kept once.
          if (!this.#isAhead(this.#cohort.place)) this.#place = null;
          return;
        }
      }
    } catch (error) {
      faults.push(error);
      void steps.return?.();
    } finally {
      stopListening();
    }
    const [error] = faults;
    this.finish(faults.length === 0 ? null : { error, payload: await live.lastPayload(error) });
  }

  async #tell(step: LiveStep): Promise<void> {
    for (const event of step.events) {
      // Before it is run: what is sent must be by the rights of the moment.
      await this.hasRoom();
      let sent = NOTHING;
      let doubts = -1;
      // By rights that nobody doubts in the very moment of sending.
      while (doubts !== this.live.doubts) {
        doubts = this.live.doubts;
        ({ sent } = await this.live.payloadOf(event, () => !this.#isOver));
      }
      if (this.#isOver) return;
      this.write(sent);
      this.live.count(event, 1);
      this.#place = placeOf(event);
    }
    this.#place = placeOf(step);
  }

  /** Where it came alone, or with others, whichever is further. */
  #furthest(other: Place | undefined): Place | null {
    return !other || this.#isAhead(other) ? this.#place : other;
  }

  #isAhead({ seq }: Place): boolean {
    const own = this.#place?.seq;
    return own !== undefined && seq !== undefined && own > seq;
  }
}
