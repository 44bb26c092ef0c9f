import { encodeId, type IdType } from '#core/ids';
import { csvRecord } from '#lib/csv';
import { formatMicro } from '#lib/micro';

export type ExportFormat = 'csv' | 'ndjson';

/** As the database tells it: amounts are texts, times are milliseconds. */
export type Value = string | number | object | null;

/** Names a column and says what is written of its value. */
type Column = readonly [name: string, tell: (value: Value) => Value];

const plain = (value: Value): Value => value;
const amount = (value: Value): Value => (typeof value === 'string' ? formatMicro(BigInt(value)) : null);
const time = (value: Value): Value => new Date(Number(value)).toISOString();

const ENTRY: readonly Column[] = [
  ['seq', plain],
  ['createdAt', time],
  ['outcome', plain],
  ['credits', amount],
  ['availableAfter', amount],
  ['operation', plain],
  ['tag', plain],
  ['environment', plain],
];

/** The columns of a metered call, in the order in which the database is asked for them. */
export const usageColumns = (): Column[] => [
  ...ENTRY,
  ['units', amount],
  ['basePrice', amount],
  ['discountPercent', plain],
  ['price', amount],
  ['declineReason', plain],
  ['latencyMs', plain],
  ['apiKeyId', idOf('ApiKey')],
  ['memberId', idOf('Member')],
  ['metadata', plain],
];

/** The same of an entry of the ledger. */
export const ledgerColumns = (): Column[] => [
  ...ENTRY,
  ['kind', plain],
  ['heldAfter', amount],
  ['apiKeyId', idOf('ApiKey')],
  ['grantId', idOf('CreditGrant')],
  ['holdId', idOf('Hold')],
  ['refSeq', plain],
  ['actorKind', plain],
  ['actorUserId', idOf('User')],
  ['actorApiKeyId', idOf('ApiKey')],
  ['actorOperatorTokenId', idOf('OperatorToken')],
  ['reason', plain],
];

/** Few different ones stand in many rows. */
function idOf(type: IdType): (value: Value) => Value {
  const known = new Map<Value, string>();
  return (value) => {
    if (typeof value !== 'string') return null;
    const id = known.get(value) ?? encodeId(type, value);
    if (known.size < 1_000) known.set(value, id);
    return id;
  };
}

/** The line that names the columns; JSON names them in each row. */
export function headLine(columns: readonly Column[], format: ExportFormat): string {
  return format === 'csv' ? csvRecord(columns.map(([name]) => name)) : '';
}

/** One row as a line. */
export function rowLine(columns: readonly Column[], row: readonly Value[], format: ExportFormat): string {
  const told = columns.map(([, tell], index) => tell(row[index] ?? null));
  if (format === 'csv') return csvRecord(told.map(cellText));
  return `${JSON.stringify(Object.fromEntries(columns.map(([name], index) => [name, told[index]])))}\n`;
}

function cellText(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
