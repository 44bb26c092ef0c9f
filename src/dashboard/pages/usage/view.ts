import type { Search } from '../../api/address.ts';
import type { UsageBucket, UsageFilter, UsageGrouping } from '../../generated/graphql.ts';
import type { ChartShape } from '../../ui/chart/model.ts';
import { ownTimeZone } from '../../ui/time-text.ts';
import { filterOf } from './filter.ts';
import { BUCKETS, bucketFor, bucketsFor, type Range, rangeOf } from './range.ts';

export const GROUPINGS: readonly { value: UsageGrouping; text: string; name: string }[] = [
  { value: 'KEY', text: 'Key', name: 'API key' },
  { value: 'OPERATION', text: 'Operation', name: 'operation' },
  { value: 'OUTCOME', text: 'Outcome', name: 'outcome' },
  { value: 'MEMBER', text: 'Member', name: 'member' },
  { value: 'TAG', text: 'Tag', name: 'tag' },
];

export type Measure = 'credits' | 'calls';
const SHAPES: readonly ChartShape[] = ['bars', 'areas', 'lines'];

/** What the usage page shows; all of it is in its address. */
export interface View {
  range: Range;
  bucket: UsageBucket;
  /** Whether the address chose the bucket. */
  isBucketChosen: boolean;
  groupBy: UsageGrouping;
  measure: Measure;
  shape: ChartShape;
  isLive: boolean;
  isCompared: boolean;
  isTest: boolean;
  timeZone: string;
  filter: UsageFilter | null;
}

/** @param now Only its quarter of an hour matters. */
export function viewOf(search: Search, now: number): View {
  const range = rangeOf(search, now);
  const length = (range.until ?? now) - range.since;
  const chosen = bucketsFor(length).find(({ value }) => value.toLowerCase() === search['bucket'])?.value;
  return {
    range,
    bucket: chosen ?? (range.preset === '12m' ? 'MONTH' : bucketFor(length)),
    isBucketChosen: chosen !== undefined,
    groupBy: GROUPINGS.find(({ value }) => value.toLowerCase() === search['by'])?.value ?? 'KEY',
    measure: search['measure'] === 'calls' ? 'calls' : 'credits',
    shape: SHAPES.find((shape) => shape === search['shape']) ?? 'bars',
    isLive: search['live'] !== 'off' && range.until === null,
    isCompared: search['compare'] === 'on',
    isTest: search['environment'] === 'test',
    timeZone: search['zone'] === 'utc' ? 'UTC' : ownTimeZone,
    filter: filterOf(search),
  };
}

/** The next finer thing to look at in what was picked: null where there is none. */
export function searchInto(start: number, end: number, bucket: UsageBucket): Search | null {
  const finest = BUCKETS[0]?.value;
  if (bucket === finest && end - start <= 900_000) return null;
  return {
    range: undefined,
    bucket: undefined,
    since: new Date(start).toISOString(),
    until: new Date(end).toISOString(),
  };
}
