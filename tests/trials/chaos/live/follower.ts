import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../isolation/random.ts';
import { microOf } from '../../sends.ts';
import { type Line, type OpenLine, openSocketLine, openSseLine } from './lines.ts';

/** What a client asked for when it came (back): to go on, to begin anew, or what no server ever said. */
export type Asked = 'GO_ON' | 'ANEW' | 'NONSENSE';

/** One line of a client's log. */
export interface Heard {
  kind: 'FeedSnapshot' | 'FeedReset' | 'UsageChange' | 'BalanceChange';
  seq: number;
  /** Micro-credits, of the balance's stream. */
  available: bigint | null;
  /** The call's own name, of the usage log's. */
  name: string | null;
  /** What was asked for, on the first event of a connection. */
  asked: Asked | null;
}

interface Event {
  kind: Heard['kind'];
  seq: string;
  balance?: { available: string };
  usageEntry?: { tag: string };
}

export type Field = 'usageRecorded' | 'balanceChanged';

const QUERIES: Record<Field, string> = {
  usageRecorded: `subscription ($after: Seq) { event: usageRecorded(after: $after) { kind: __typename
    ... on FeedSnapshot { seq } ... on FeedReset { seq } ... on UsageChange { seq usageEntry { tag } } } }`,
  balanceChanged: `subscription ($after: Seq) { event: balanceChanged(after: $after) { kind: __typename
    ... on FeedSnapshot { seq balance { available } } ... on FeedReset { seq balance { available } }
    ... on BalanceChange { seq balance { available } } } }`,
};

interface FollowerOptions {
  field: Field;
  transport: 'socket' | 'SSE';
  workspaceId: string;
  token: string;
  /** The nodes' addresses. */
  urls: readonly string[];
  random: Random;
}

/** A client that never gives up: whatever ends its stream, it comes back, to any node, with the last seq it saw. */
export class Follower {
  readonly log: Heard[] = [];
  /** How often its connections ended, by the reason. */
  readonly ends = new Map<string, number>();
  readonly field: Field;
  readonly workspaceId: string;
  /** The node it is, or was last, connected to. */
  url = '';
  readonly #options: FollowerOptions;
  readonly #open: OpenLine;
  #line: Line | null = null;
  #stopped = false;
  #turn: number;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#turn = options.random.below(10);
    this.field = options.field;
    this.workspaceId = options.workspaceId;
    this.#open = options.transport === 'SSE' ? openSseLine : openSocketLine;
  }

  get name(): string {
    return `${this.#options.transport} ${this.field}`;
  }

  /** The last number it heard of. */
  get seq(): number | null {
    return this.log.at(-1)?.seq ?? null;
  }

  get isConnected(): boolean {
    return this.#line?.isOpen() ?? false;
  }

  async run(): Promise<void> {
    const { random, urls, token } = this.#options;
    while (!this.#stopped) {
      this.url = random.pick(urls);
      const asked = this.#choose();
      const variables = { after: asked === 'ANEW' ? null : String((this.seq ?? 0) + (asked === 'GO_ON' ? 0 : 1e9)) };
      let isFirst = true;
      this.#line = this.#open({ url: this.url, token, query: QUERIES[this.field], variables }, (event) => {
        this.#note(event as Event, isFirst ? asked : null);
        isFirst = false;
      });
      const reason = await this.#line.ended;
      this.ends.set(reason, (this.ends.get(reason) ?? 0) + 1);
      if (!this.#stopped) await sleep(20 + random.below(150));
    }
  }

  /** Destroys its connection under it. @returns whether there was one. */
  cut(): boolean {
    return this.#line?.cut() ?? false;
  }

  stop(): void {
    this.#stopped = true;
    this.cut();
  }

  /** Now and then it has forgotten where it was, or believes to have been where nobody was. */
  #choose(): Asked {
    if (this.seq === null) return 'ANEW';
    const turn = this.#turn++ % 10;
    if (turn === 3) return 'ANEW';
    return turn === 7 ? 'NONSENSE' : 'GO_ON';
  }

  #note({ kind, seq, balance, usageEntry }: Event, asked: Asked | null): void {
    const available = balance ? microOf(balance.available) : null;
    this.log.push({ kind, seq: Number(seq), available, name: usageEntry?.tag ?? null, asked });
  }
}
