import type { Permit } from '#core/access/permit';
import { findLedgerStart } from '#core/credits/ledger-starts';
import { type Db, now } from '#core/db';
import { ValidationFailed } from '#core/errors';
import { checkFilter, storedConditions, type UsageFilter } from '#core/usage/filter';
import { type Cell, readCells, type UsageSums } from '#core/usage/rollups';
import type { LedgerEntry } from '#generated/prisma/client';
import type { UsageDimension } from '#generated/prisma/enums';
import { countStretches, isTimeZone, STRETCHES, type Stretch, stretchBounds, stretchesBefore } from '#lib/calendar';

const BUCKETS_MAX = 1_000;
const GROUPS_MAX = 50;
/** Before it, time zones had offsets that are no whole quarters of an hour; nothing was metered then. */
const EARLIEST = new Date('2000-01-01T00:00:00Z');
const LATEST = new Date('2200-01-01T00:00:00Z');

export interface UsageSummaryInput {
  since: Date;
  /** Left out: now. */
  until?: Date | null | undefined;
  bucket: Stretch;
  groupBy: UsageDimension;
  timeZone: string;
  /** How many of the largest groups stand alone; the others come together. */
  top: number;
  environment: LedgerEntry['environment'];
  /** Without times: the range says them. */
  filter?: UsageFilter | null | undefined;
}

/** Sums of one group, and what it comes to in each bucket. */
export interface UsageGroup {
  workspaceId: string;
  groupBy: UsageDimension;
  /** As it is stored; null for no operation, no tag, and the rest. */
  value: string | null;
  /** Whether it is everything beyond the largest groups. */
  isOther: boolean;
  total: UsageSums;
  previous: UsageSums;
  buckets: readonly UsageSums[];
}

export interface UsageSummary {
  /** The range, widened to whole buckets. */
  since: Date;
  until: Date;
  /** Where each bucket begins. */
  begins: readonly Date[];
  /** Where the time begins that is compared with: as many buckets, right before. */
  previousSince: Date;
  total: UsageSums;
  previous: UsageSums;
  buckets: readonly UsageSums[];
  /** The largest by what they were charged first; the rest last, if there is any. */
  groups: readonly UsageGroup[];
}

/**
 * What calls come to in a time, by bucket and group: exact to the micro-credit, buckets without calls included. A refund
 * counts in the bucket in which it was decided. Buckets are cut as clocks in the time zone show them.
 * @throws ValidationFailed
 */
export async function summarizeUsage(
  db: Db,
  { workspaceId }: Permit<'usage:read'>,
  input: UsageSummaryInput,
): Promise<UsageSummary> {
  const { bucket: stretch, groupBy, timeZone, top, environment } = input;
  const asked = checkFilter(input.filter);
  if (asked.since || asked.until) refuse('filter', 'has times of its own: leave them out, the range says which time.');
  const bounds = boundsOf(input);
  if (!Number.isInteger(top) || top < 1 || top > GROUPS_MAX) refuse('top', `must be 1 to ${GROUPS_MAX}.`);
  const [since = EARLIEST] = bounds;
  const until = bounds.at(-1) ?? since;
  const count = bounds.length - 1;
  const previousSince = stretchesBefore(since, { count, stretch, timeZone });
  if (Object.values(asked).some(Boolean)) await refuseBeforeStart(db, workspaceId, previousSince);
  const cells = await readCells(db, {
    workspaceId,
    environment,
    dimension: groupBy,
    // The time before is a bucket of its own, and the first.
    bounds: [previousSince, ...bounds],
    rankedFrom: 1,
    top,
    filter: storedConditions(asked),
  });
  const whole = new Sums(count);
  const groups = new Map<number, { value: string | null; sums: Sums }>();
  for (const cell of cells) {
    const group = groups.get(cell.place) ?? { value: cell.value, sums: new Sums(count) };
    groups.set(cell.place, group);
    group.sums.add(cell);
    whole.add(cell);
  }
  return {
    since,
    until,
    begins: bounds.slice(0, -1),
    previousSince,
    ...whole.told(),
    groups: [...groups]
      .toSorted(([a], [b]) => (a || Number.MAX_SAFE_INTEGER) - (b || Number.MAX_SAFE_INTEGER))
      .map(([place, { value, sums }]) =>
        Object.assign(sums.told(), {
          workspaceId,
          groupBy,
          value: publicValue(groupBy, value),
          isOther: place === 0,
        }),
      ),
  };
}

/** Sums of the time before, of each bucket, and of all of these. */
class Sums {
  readonly #previous = nothing();
  readonly #total = nothing();
  readonly #buckets: UsageSums[];

  constructor(count: number) {
    this.#buckets = Array.from({ length: count }, nothing);
  }

  add({ bucket, ...sums }: Cell): void {
    const at = this.#buckets[bucket - 1];
    for (const to of at ? [at, this.#total] : [this.#previous]) {
      to.calls += sums.calls;
      to.credits += sums.credits;
      to.refunded += sums.refunded;
    }
  }

  told() {
    return { total: this.#total, previous: this.#previous, buckets: this.#buckets };
  }
}

const nothing = (): UsageSums => ({ calls: 0n, credits: 0n, refunded: 0n });

/** Tags are stored with a mark, and what has none as nothing. */
function publicValue(groupBy: UsageDimension, value: string | null): string | null {
  if (groupBy === 'TAG' && value?.startsWith('=')) return value.slice(1);
  return value || null;
}

/** Of a time whose entries were dropped only closed days are left, which say nothing of two things together. */
async function refuseBeforeStart(db: Db, workspaceId: string, previousSince: Date): Promise<void> {
  const { since } = await findLedgerStart(db, workspaceId);
  if (since && previousSince < since)
    refuse(
      'filter',
      `needs entries, which are kept from ${since.toISOString()} on, and compares with the time before: leave it out, or ask for a shorter range.`,
    );
}

function boundsOf({ since, until: given, bucket, timeZone }: UsageSummaryInput): Date[] {
  const until = given ?? now();
  if (!isTimeZone(timeZone)) refuse('timeZone', 'is not an IANA name, such as Europe/Berlin.');
  if (since < EARLIEST || until > LATEST) refuse('range', 'must lie between the years 2000 and 2200.');
  if (since >= until) refuse('range', 'must end after it begins: until is left out for now.');
  const count = countStretches({ since, until }, bucket);
  if (count > BUCKETS_MAX) {
    const fitting = STRETCHES.find((stretch) => countStretches({ since, until }, stretch) <= BUCKETS_MAX);
    refuse(
      'bucket',
      `${bucket} would give about ${count} buckets, at most ${BUCKETS_MAX} are told: ask for ${fitting ? `bucket ${fitting} or ` : ''}a shorter range.`,
    );
  }
  return stretchBounds({ since, until }, bucket, timeZone);
}

function refuse(field: string, rule: string): never {
  throw new ValidationFailed(`${field} ${rule}`, [field]);
}
