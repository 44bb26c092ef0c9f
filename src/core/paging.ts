import { ValidationFailed } from '#core/errors';

/** Keyset paging, one way for every connection: order by one unique, ordered key, never by offset. */
export const PAGE_SIZE_DEFAULT = 20;
export const PAGE_SIZE_MAX = 100;

export interface PageRequest {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export interface Page<Row> {
  edges: { cursor: string; node: Row }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

interface Slice {
  /** Prisma condition on the key, for rows beyond the cursor; absent without one. */
  beyond: { lt: string } | { gt: string } | undefined;
  take: number;
  newestFirst: boolean;
}

interface Source<Row> {
  rows: (slice: Slice) => Promise<Row[]>;
  key: (row: Row) => string;
  /** Whether the list runs from the newest key to the oldest (the default). */
  newestFirst?: boolean;
  /** Whether a decoded cursor can be a key at all; guards the query against forged cursors. */
  isKey?: (text: string) => boolean;
}

const NUMBER = /^[1-9]\d{0,17}$/;

/** `isKey` of a list that is ordered by a gapless number. */
export function isNumberKey(text: string): boolean {
  return NUMBER.test(text);
}

/** The condition on such a number for rows beyond the cursor. */
export function numbersBeyond(beyond: NonNullable<Slice['beyond']>): { lt: bigint } | { gt: bigint } {
  return 'lt' in beyond ? { lt: BigInt(beyond.lt) } : { gt: BigInt(beyond.gt) };
}

/** The key that a page goes on from. */
export function keyIn(beyond: NonNullable<Slice['beyond']>): string {
  return 'lt' in beyond ? beyond.lt : beyond.gt;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * One page. Cursors are opaque and carry a key of the list, so a deleted row does not invalidate them, and a foreign
 * or forged one at worst starts the caller's own list somewhere else.
 * @throws ValidationFailed for a page size outside 0..100, a mixed direction or a malformed cursor.
 */
export async function pageOf<Row>(request: PageRequest, source: Source<Row>): Promise<Page<Row>> {
  const { newestFirst = true, isKey = (text) => UUID.test(text) } = source;
  const { size, cursor, isBackward } = readRequest(request, isKey);
  const descending = newestFirst !== isBackward;
  const rows = await source.rows({
    beyond: cursor === null ? undefined : descending ? { lt: cursor } : { gt: cursor },
    // One row more than asked tells whether there is another page.
    take: size + 1,
    newestFirst: descending,
  });
  const hasMore = rows.length > size;
  const kept = rows.slice(0, size);
  if (isBackward) kept.reverse();
  const edges = kept.map((node) => ({ cursor: encodeCursor(source.key(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: isBackward ? cursor !== null : hasMore,
      hasPreviousPage: isBackward ? hasMore : cursor !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The same checks on sizes, before any resolver has run. @throws ValidationFailed */
export function checkPageSize(name: 'first' | 'last', size: number): void {
  if (size < 0 || size > PAGE_SIZE_MAX) {
    throw new ValidationFailed(`${name} must be between 0 and ${PAGE_SIZE_MAX}; page on with the cursor for more.`, [
      name,
    ]);
  }
}

function readRequest({ first, after, last, before }: PageRequest, isKey: (text: string) => boolean) {
  if (first != null && last != null) throw new ValidationFailed('Send first or last, not both.', ['first']);
  if (first != null) checkPageSize('first', first);
  if (last != null) checkPageSize('last', last);
  const isBackward = last != null || (before != null && first == null);
  if (isBackward ? after != null : before != null) {
    throw new ValidationFailed('Page forward with first and after, or backward with last and before.', ['after']);
  }
  const text = isBackward ? before : after;
  const cursor = text == null ? null : decodeCursor(text, isKey);
  if (text != null && cursor === null) {
    const name = isBackward ? 'before' : 'after';
    throw new ValidationFailed(`${name} is not a cursor of this list: send one that pageInfo or an edge gave.`, [name]);
  }
  return { size: (isBackward ? last : first) ?? PAGE_SIZE_DEFAULT, cursor, isBackward };
}

function encodeCursor(key: string): string {
  return Buffer.from(`c1:${key}`).toString('base64url');
}

function decodeCursor(text: string, isKey: (text: string) => boolean): string | null {
  if (text.length > 128) return null;
  const decoded = Buffer.from(text, 'base64url').toString('utf8');
  const key = decoded.slice(3);
  return decoded.startsWith('c1:') && isKey(key) ? key : null;
}
