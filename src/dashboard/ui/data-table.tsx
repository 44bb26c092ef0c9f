import { createColumnHelper, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo } from 'react';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { classes } from './classes.ts';
import { FaultNote, SkeletonRows } from './states.tsx';

/** A column of a list. */
export interface ListColumn<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand on the right. */
  isFigure?: boolean;
  /** Only a label for screen readers stands above it, as over buttons. */
  isUnlabelled?: boolean;
  /** Left out where there is little room: below 640 px, or below 1024 px. */
  from?: 'sm' | 'lg';
}

interface Props<Row extends RowData> {
  /** What it lists, for screen readers. */
  label: string;
  columns: readonly ListColumn<Row>[];
  rows: readonly Row[] | undefined;
  keyOf: (row: Row) => string;
  reading: { isLoading: boolean; fault: Parameters<typeof FaultNote>[0]['fault'] | null; again: () => void };
  /** Stands instead of the table when there are no rows. */
  empty: ReactNode;
  /** Opens one: the cell of what it is about becomes a button. */
  onOpen?: (row: Row) => void;
  /** Reads the next page; left out on the last one. */
  more?: (() => void) | undefined;
}

const features = tableFeatures({});
const places = { sm: 'hidden sm:table-cell', lg: 'hidden lg:table-cell' };

function placeOf<Row>({ from, isFigure }: ListColumn<Row>): string {
  return classes(from && places[from], isFigure && 'amount text-right');
}

/** A list in a table: its head stays in sight, rows come page by page, and every state has its place. */
export function DataTable<Row extends RowData>(props: Props<Row>) {
  const { rows, reading } = props;
  if (rows === undefined) {
    if (reading.fault) return <FaultNote fault={reading.fault} again={reading.again} />;
    return (
      <Card>
        <SkeletonRows />
      </Card>
    );
  }
  return (
    <div className="grid gap-3">
      {reading.fault && <FaultNote fault={reading.fault} again={reading.again} />}
      <Card className="overflow-x-clip">{rows.length === 0 ? props.empty : <Rows {...props} rows={rows} />}</Card>
      {props.more && (
        <Button variant="outline" className="justify-self-center" onClick={props.more}>
          Show more
        </Button>
      )}
    </div>
  );
}

function Rows<Row extends RowData>(props: Props<Row> & { rows: readonly Row[] }) {
  const { label, columns, rows, keyOf, onOpen } = props;
  const table = useListTable(columns, rows);
  const subject = columns.findIndex(({ isUnlabelled }) => isUnlabelled !== true);
  return (
    <table aria-label={label} className="w-full text-left">
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={classes(
                'sticky top-13 z-10 border-b bg-card px-4 py-2 text-xs font-medium whitespace-nowrap text-muted-foreground first:rounded-tl-lg last:rounded-tr-lg',
                placeOf(column),
              )}
            >
              <span className={column.isUnlabelled === true ? 'sr-only' : ''}>{column.header}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y">
        {table.getRowModel().rows.map(({ original: row }) => (
          <tr key={keyOf(row)} className={classes(onOpen && 'hover:bg-muted/50')}>
            {columns.map((column, index) => (
              <td
                key={column.id}
                // On narrow screens what the row is about takes the room that figures and buttons leave, and no more.
                className={classes(
                  'h-13 px-4 py-2',
                  index === subject && 'max-sm:w-full max-sm:max-w-0',
                  placeOf(column),
                )}
              >
                {onOpen && index === subject ? (
                  <button type="button" className="block w-full text-left" onClick={() => onOpen(row)}>
                    {column.cell(row)}
                  </button>
                ) : (
                  column.cell(row)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useListTable<Row extends RowData>(columns: readonly ListColumn<Row>[], rows: readonly Row[]) {
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map(({ id, header }) => helper.display({ id, header }));
  }, [columns]);
  const data = useMemo(() => [...rows], [rows]);
  return useTable({ features, columns: definitions, data });
}
