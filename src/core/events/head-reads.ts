import { type FeedReader, type LogHead, logIdOf } from '#core/events/feed-reader';

const READ_HEADS_MAX = 1_000;

interface Reading<Head> {
  ids: Set<string>;
  heads: Promise<Map<string, Head>>;
}

/**
 * Reads heads one query after the other; what is asked for meanwhile is asked for together in the next. A crowd that
 * comes back at once costs a few queries, however many follow each workspace.
 */
export class HeadReads<Head extends LogHead> {
  readonly #reader: Pick<FeedReader<never, Head>, 'heads'>;
  #last: Promise<unknown> = Promise.resolve();
  #next: Reading<Head> | null = null;

  constructor(reader: Pick<FeedReader<never, Head>, 'heads'>) {
    this.#reader = reader;
  }

  /** The state of a workspace, read after this was called; undefined when it is gone. All who wait get the same object. */
  async of(workspaceId: string): Promise<Head | undefined> {
    this.#next ??= this.#plan();
    this.#next.ids.add(workspaceId);
    return (await this.#next.heads).get(workspaceId);
  }

  #plan(): Reading<Head> {
    const ids = new Set<string>();
    const heads = this.#last.then(() => {
      this.#next = null;
      return this.#read([...ids]);
    });
    this.#last = heads.catch(() => undefined);
    return { ids, heads };
  }

  async #read(ids: readonly string[]): Promise<Map<string, Head>> {
    const heads = new Map<string, Head>();
    for (let start = 0; start < ids.length; start += READ_HEADS_MAX) {
      for (const head of await this.#reader.heads(ids.slice(start, start + READ_HEADS_MAX))) {
        heads.set(logIdOf(head), head);
      }
    }
    return heads;
  }
}
