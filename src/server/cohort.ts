import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveEvent, LiveStep } from '#graph/live-streams';
import type { LiveSubscription } from '#server/live-subscription';

/** How long a cohort waits in a second for those of it whose sockets are full, before it goes on without them. */
const ROOM_MS = 50;
const PATIENCE_MS = 1_000;

export type Steps = AsyncIterator<LiveStep, void>;

/** How far somebody has come. */
export type Place = Pick<LiveStep, 'cursor' | 'seq'>;

/** Why a stream ends, and as the client is told it. */
export interface LastWord {
  error: unknown;
  payload: Buffer;
}

/** A subscriber as its cohort knows it. */
export interface Member {
  /** What it subscribed, or who stands for it. */
  live: LiveSubscription;
  readonly isFull: boolean;
  /** Whether it heard an event of this number before it joined those who are sent it now. */
  isPast(seq: bigint): boolean;
  hasRoom(): Promise<void>;
  write(payload: Buffer): void;
  writeAlone(payload: Buffer): void;
  goOnAlone(after: Place): void;
  finish(lastWord: LastWord | null): void;
}

/** Those of a cohort that one credential subscribed: asked about its rights together. */
interface Party {
  /** What the first of them subscribed, which says the same as that of all others. */
  live: LiveSubscription;
  members: Set<Member>;
  stopListening: () => void;
}

interface CohortOptions {
  steps: Steps;
  begun: LiveStep;
  onBehind: () => void;
  onOver: () => void;
}

/**
 * Members that have come equally far on streams that say the same, by the same rights. One stream is run for all of
 * them, and an event is run as one of them; whoever may have lost a right meanwhile is asked before anything is sent.
 */
export class Cohort {
  readonly name: string;
  /** Everything up to here was sent to all of them. */
  #place: Place;
  readonly #parties = new Map<string, Party>();
  readonly #options: CohortOptions;
  #full: Member[] = [];
  readonly #waitedFor = new WeakMap<Member, { since: number; ms: number }>();
  readonly #doubted = new Set<Party>();
  #settling: Promise<void> | null = null;
  #isOver = false;

  constructor(name: string, options: CohortOptions) {
    this.name = name;
    this.#place = placeOf(options.begun);
    this.#options = options;
  }

  get place(): Place {
    return this.#place;
  }

  /** Whether one who has come so far may join: not behind, and where there is no one order, not ahead either. */
  isOpenTo({ cursor, seq }: Place): boolean {
    if (seq === undefined || this.#place.seq === undefined) return cursor === this.#place.cursor;
    return seq >= this.#place.seq;
  }

  /** Its party's subscription stands for it from now on: thousands do not keep what each of them began with. */
  add(member: Member): void {
    const { live } = member;
    const known = this.#parties.get(live.credential);
    if (known) {
      known.members.add(member);
      member.live = known.live;
      return;
    }
    const stopListening = live.onDoubt(() => this.#doubt(party));
    const party: Party = { live, members: new Set([member]), stopListening };
    this.#parties.set(live.credential, party);
  }

  /** The last to leave ends it. */
  leave(member: Member): void {
    const party = this.#parties.get(member.live.credential);
    if (!party?.members.delete(member) || party.members.size > 0) return;
    this.#dismiss(party);
    if (this.#parties.size === 0) this.#end();
  }

  async run(): Promise<void> {
    const { steps } = this.#options;
    let fault: { error: unknown } | null = null;
    try {
      for (let step = await steps.next(); !step.done && !this.#isOver; step = await steps.next()) {
        for (const event of step.value.events) await this.#tell(event, step.value.events.length === 1);
        this.#place = placeOf(step.value);
      }
    } catch (error) {
      fault = { error };
    }
    this.#end();
    for (const party of this.#parties.values()) await this.#finish(party, fault);
  }

  async #tell(event: LiveEvent, isAlone: boolean): Promise<void> {
    const told = await this.#payloadOf(event);
    if (!told) return;
    if (this.#full.length > 0) await this.#makeRoom();
    // Nothing is sent to anybody whose rights are in doubt; from here to the last frame nothing can come in between.
    while (this.#settling) await this.#settling;
    told.live.count(event, this.#send(told.payload, { event, isAlone }));
  }

  /** What all are sent, as the first of them whose rights still are the cohort's; null when nobody is left. */
  async #payloadOf(event: LiveEvent): Promise<{ live: LiveSubscription; payload: Buffer } | null> {
    for (const party of this.#parties.values()) {
      const { live } = party;
      try {
        const { sent, cohort } = await live.payloadOf(event, () => party.members.size > 0);
        if (cohort === this.name) return { live, payload: sent };
        this.#sendAway(party);
      } catch (error) {
        await this.#finish(party, { error });
      }
    }
    return null;
  }

  /** @returns how many it was sent to. */
  #send(payload: Buffer, { event: { seq, cursor }, isAlone }: { event: LiveEvent; isAlone: boolean }): number {
    let count = 0;
    for (const { members } of this.#parties.values()) {
      for (const member of members) {
        // Who joined while this was on its way may have heard it before.
        if (seq !== undefined && member.isPast(seq)) continue;
        if (isAlone) member.writeAlone(payload);
        else member.write(payload);
        count++;
        if (member.isFull) this.#full.push(member);
      }
    }
    this.#place = placeOf({ cursor, seq });
    return count;
  }

  async #makeRoom(): Promise<void> {
    const full = this.#full;
    this.#full = [];
    const from = performance.now();
    const waiting = new AbortController();
    const enough = sleep(ROOM_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all(full.map((member) => member.hasRoom())), enough]);
    waiting.abort();
    // Where most are full, everybody is as fast as the others, and nobody keeps them waiting.
    const waitedMs = full.length * 2 < this.#size ? performance.now() - from : 0;
    for (const member of full) {
      if (!this.#parties.get(member.live.credential)?.members.has(member)) continue;
      if (!member.isFull && this.#hasPatience(member, waitedMs)) continue;
      this.#options.onBehind();
      this.leave(member);
      member.goOnAlone(this.#place);
    }
  }

  get #size(): number {
    let size = 0;
    for (const { members } of this.#parties.values()) size += members.size;
    return size;
  }

  /** One that keeps the others waiting a little each time keeps them waiting too. */
  #hasPatience(member: Member, waitedMs: number): boolean {
    const now = performance.now();
    const known = this.#waitedFor.get(member);
    const waited = known && now - known.since < PATIENCE_MS ? known : { since: now, ms: 0 };
    waited.ms += waitedMs;
    this.#waitedFor.set(member, waited);
    return waited.ms <= ROOM_MS;
  }

  #doubt(party: Party): void {
    this.#doubted.add(party);
    this.#settling ??= this.#settle();
  }

  /** Asks those in doubt, all at once; who is doubted meanwhile is asked again. */
  async #settle(): Promise<void> {
    while (this.#doubted.size > 0) {
      const asked = [...this.#doubted];
      this.#doubted.clear();
      await Promise.all(asked.map((party) => this.#ask(party)));
    }
    // In the step that found nobody in doubt: who is doubted in the next begins anew.
    this.#settling = null;
  }

  async #ask(party: Party): Promise<void> {
    try {
      const cohort = await party.live.check(() => party.members.size > 0);
      if (cohort !== this.name) this.#sendAway(party);
    } catch (error) {
      await this.#finish(party, { error });
    }
  }

  /** Other rights than before, which another cohort may have. */
  #sendAway(party: Party): void {
    if (!this.#dismiss(party)) return;
    for (const member of party.members) member.goOnAlone(this.#place);
    if (this.#parties.size === 0) this.#end();
  }

  async #finish(party: Party, fault: { error: unknown } | null): Promise<void> {
    if (!this.#dismiss(party)) return;
    if (this.#parties.size === 0) this.#end();
    const lastWord = fault && { error: fault.error, payload: await party.live.lastPayload(fault.error) };
    for (const member of party.members) member.finish(lastWord);
  }

  /** @returns whether it was one of this cohort: two who ask about it may find out, and its credential may be back. */
  #dismiss(party: Party): boolean {
    if (this.#parties.get(party.live.credential) !== party) return false;
    party.stopListening();
    this.#doubted.delete(party);
    return this.#parties.delete(party.live.credential);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onOver();
    void this.#options.steps.return?.();
  }
}

/** The place alone, of whatever tells one. */
export function placeOf({ cursor, seq }: { cursor: string; seq?: bigint | undefined }): Place {
  return { cursor, ...(seq !== undefined && { seq }) };
}
