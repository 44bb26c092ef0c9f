/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  hasNextPage: boolean;
  /** Pass it as `after` to go on behind this page. */
  endCursor: string | null;
}

export interface PageQuery {
  /** Items of a page, at most 100. Default 100. */
  first?: number | undefined;
  after?: string | null | undefined;
}

export interface Connection<Item> {
  edges: { node: Item }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export function pageOf<Item>({ edges, pageInfo }: Connection<Item>): Page<Item> {
  return { items: edges.map(({ node }) => node), hasNextPage: pageInfo.hasNextPage, endCursor: pageInfo.endCursor };
}

/** Every item from `after` on; the next page is asked for when the last one is used up. */
export async function* itemsOf<Item>(
  readPage: (query: Required<PageQuery>) => Promise<Page<Item>>,
  { first = 100, after = null }: PageQuery = {},
): AsyncGenerator<Item, void, undefined> {
  let cursor = after;
  for (;;) {
    const { items, hasNextPage, endCursor } = await readPage({ first, after: cursor });
    yield* items;
    if (!hasNextPage || endCursor === null) return;
    cursor = endCursor;
  }
}
