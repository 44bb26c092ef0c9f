import type { FeedHead, FeedReader } from '#core/events/feed-reader';

const READ_HEADS_MAX = 1_000;

interface Reading {
  ids: Set<string>;
  heads: Promise<Map<string, FeedHead>>;
}

/**
 * Reads heads one query after the other; what is asked for meanwhile is asked for together in the next. A crowd that
 * comes back at once costs a few queries, however many follow each workspace.
 */
export class HeadReads {
  readonly #reader: Pick<FeedReader<never>, 'heads'>;
  #last: Promise<unknown> = Promise.resolve();
  #next: Reading | null = null;

  constructor(reader: Pick<FeedReader<never>, 'heads'>) {
    this.#reader = reader;
  }

  /** The state of a workspace, read after this was called; undefined when it is gone. All who wait get the same object. */
  async of(workspaceId: string): Promise<FeedHead | undefined> {
    this.#next ??= this.#plan();
    this.#next.ids.add(workspaceId);
    return (await this.#next.heads).get(workspaceId);
  }

  #plan(): Reading {
    const ids = new Set<string>();
    const heads = this.#last.then(() => {
      this.#next = null;
      return this.#read([...ids]);
    });
    this.#last = heads.catch(() => undefined);
    return { ids, heads };
  }

  async #read(ids: readonly string[]): Promise<Map<string, FeedHead>> {
    const heads = new Map<string, FeedHead>();
    for (let start = 0; start < ids.length; start += READ_HEADS_MAX) {
      for (const head of await this.#reader.heads(ids.slice(start, start + READ_HEADS_MAX))) {
        heads.set(head.workspaceId, head);
      }
    }
    return heads;
  }
}
