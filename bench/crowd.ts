import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Subscribers that all ask for the same. */
export interface Following {
  count: number;
  /** A number that their arrivals carry. */
  group: number;
  authorization: string;
  query: string;
  /** Whether the server sends nothing before the first event. */
  isSilentAtFirst?: boolean;
}

export type Command =
  | { kind: 'open'; url: string; followings: readonly Following[]; hasLog: boolean }
  | { kind: 'reopen'; url: string }
  | { kind: 'heard'; count: number }
  | { kind: 'report' }
  | { kind: 'drop'; isForGood: boolean };

/** What a crowd has heard since it was last asked. */
export interface Answer {
  heard: number;
  /** Sockets that the server closed. */
  closed: number;
  /** Of each event: the group of who heard it, its seq, and when, in milliseconds since 1970. */
  arrivals: [group: number, seq: number, at: number][];
  /** Of each subscriber the seq that it heard last. */
  seqs: (string | null)[];
}

const ANSWER_MS_MAX = 120_000;

/** Thousands of clients in a process of their own. */
export class Crowd {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<Crowd> {
    const child = fork(fileURLToPath(new URL('./crowd-process.ts', import.meta.url)), [], {
      execArgv: ['--conditions=source', '--import', 'tsx'],
    });
    await once(child, 'message');
    return new Crowd(child);
  }

  /** Opens sockets, and resolves when the stream of each has begun. `hasLog`: whether each arrival is noted. */
  async open(url: string, followings: readonly Following[], { hasLog = false } = {}): Promise<void> {
    await this.#ask({ kind: 'open', url, followings, hasLog });
  }

  /** Opens anew what was dropped; each goes on after what it heard last. */
  async reopen(url: string): Promise<void> {
    await this.#ask({ kind: 'reopen', url });
  }

  /** Resolves when this many events were heard since the last report. */
  async heard(count: number): Promise<void> {
    await this.#ask({ kind: 'heard', count });
  }

  /** What was heard, which is forgotten with it. */
  async report(): Promise<Answer> {
    return (await this.#ask({ kind: 'report' })) as Answer;
  }

  async drop({ isForGood }: { isForGood: boolean }): Promise<void> {
    await this.#ask({ kind: 'drop', isForGood });
  }

  async close(): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }

  async #ask(command: Command): Promise<Partial<Answer>> {
    const asking = new AbortController();
    const { signal } = asking;
    const late = setTimeout(() => asking.abort(new Error(`No answer to ${command.kind}`)), ANSWER_MS_MAX);
    const died = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error('A crowd died');
    });
    died.catch(() => undefined);
    try {
      this.#child.send(command);
      const [answer] = (await Promise.race([once(this.#child, 'message', { signal }), died])) as [Partial<Answer>];
      return answer;
    } finally {
      clearTimeout(late);
      asking.abort();
    }
  }
}
