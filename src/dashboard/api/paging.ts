import { useCallback, useEffect, useRef, useState } from 'react';
import { type AnyVariables, type TypedDocumentNode, useClient } from 'urql';
import { type Fault, faultOf } from './errors.ts';
import { onRefresh } from './refreshes.ts';

interface Connection<Row> {
  edges: readonly { node: Row }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null | undefined };
}

export interface Pages<Row> {
  /** What was read so far, newest first; undefined until the first page is there. */
  rows: readonly Row[] | undefined;
  isLoading: boolean;
  fault: Fault | null;
  again: () => void;
  /** Reads the next page; undefined on the last one. */
  more: (() => void) | undefined;
  /** Puts what has just happened on top, the newest last, each once. */
  add: (rows: readonly Row[]) => void;
  /** What became of rows that are shown; others are passed over. */
  put: (rows: readonly Row[]) => void;
}

interface State<Row> {
  rows: readonly Row[] | undefined;
  endCursor: string | null;
  fault: Fault | null;
}

const PAGE_SIZE = 50;
/** A busy list that only grows at the top begins anew here: nobody reads so far down in what runs away. */
const LIVE_ROWS_MAX = 400;
const NOTHING: State<never> = { rows: undefined, endCursor: null, fault: null };

/**
 * Reads a list page by page. Reading again brings what is new and keeps the older pages that were read, as long as the two
 * meet; where they do not, the list begins anew rather than have a hole.
 */
export function usePages<Data, Variables extends AnyVariables, Row>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  { pick, keyOf }: { pick: (data: Data) => Connection<Row> | undefined; keyOf: (row: Row) => string },
): Pages<Row> {
  const client = useClient();
  const [state, setState] = useState<State<Row>>(NOTHING);
  const name = JSON.stringify(variables);
  const newest = useRef({ name, pick, keyOf });
  const size = useRef(0);
  useEffect(() => {
    newest.current = { name, pick, keyOf };
    size.current = state.rows?.length ?? 0;
  });
  const read = useCallback(
    async (after: string | null, isAnew = false) => {
      const asked = { ...(JSON.parse(name) as object), first: PAGE_SIZE, after } as unknown as Variables;
      const { data, error } = await client.query(query, asked, { requestPolicy: 'network-only' }).toPromise();
      // An answer to what is no longer asked.
      if (newest.current.name !== name) return;
      const page = data === undefined ? undefined : newest.current.pick(data);
      const answer = { page, after, fault: error ? faultOf(error) : null };
      setState((known) => joined(isAnew ? NOTHING : known, answer, newest.current.keyOf));
    },
    [client, query, name],
  );
  const again = useCallback(() => void read(null), [read]);
  // What was read of another list goes at once.
  const [shownName, setShownName] = useState(name);
  if (shownName !== name) {
    setShownName(name);
    setState(NOTHING);
  }
  useEffect(() => {
    void read(null, true);
    return onRefresh(again);
  }, [read, again]);
  const add = useCallback(
    (added: readonly Row[]) => {
      if (size.current + added.length > LIVE_ROWS_MAX) return void read(null, true);
      return setState((known) => onTop(known, added, newest.current.keyOf));
    },
    [read],
  );
  const put = useCallback(
    (some: readonly Row[]) => setState((known) => replaced(known, some, newest.current.keyOf)),
    [],
  );
  const { rows, endCursor, fault } = state;
  return {
    rows,
    isLoading: rows === undefined && !fault,
    fault,
    again,
    more: endCursor === null ? undefined : () => void read(endCursor),
    add,
    put,
  };
}

function onTop<Row>(known: State<Row>, added: readonly Row[], keyOf: (row: Row) => string): State<Row> {
  if (!known.rows) return known;
  const keys = new Set(known.rows.map(keyOf));
  const fresh = added.filter((row) => !keys.has(keyOf(row)));
  return fresh.length === 0 ? known : { ...known, rows: [...fresh.toReversed(), ...known.rows] };
}

function replaced<Row>(known: State<Row>, some: readonly Row[], keyOf: (row: Row) => string): State<Row> {
  const fresh = new Map(some.map((row) => [keyOf(row), row]));
  return { ...known, rows: known.rows?.map((row) => fresh.get(keyOf(row)) ?? row) };
}

interface Answer<Row> {
  page: Connection<Row> | undefined;
  after: string | null;
  fault: Fault | null;
}

function joined<Row>(known: State<Row>, { page, after, fault }: Answer<Row>, keyOf: (row: Row) => string): State<Row> {
  if (!page) return { ...known, fault };
  const rows = page.edges.map(({ node }) => node);
  const endCursor = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  const old = known.rows ?? [];
  if (after !== null) {
    const keys = new Set(old.map(keyOf));
    return { rows: [...old, ...rows.filter((row) => !keys.has(keyOf(row)))], endCursor, fault };
  }
  const last = rows.at(-1);
  const meeting = last === undefined ? -1 : old.findIndex((row) => keyOf(row) === keyOf(last));
  if (meeting < 0 || endCursor === null) return { rows, endCursor, fault };
  return { rows: [...rows, ...old.slice(meeting + 1)], endCursor: known.endCursor, fault };
}
