import type { Search } from '../../api/address.ts';
import type { Outcome, UsageFilter } from '../../generated/graphql.ts';

/** The names that conditions on calls have in addresses. */
export const CONDITIONS = ['key', 'operation', 'outcome', 'member', 'tag'] as const;
export type Condition = (typeof CONDITIONS)[number];

const OUTCOMES: readonly Outcome[] = ['SUCCEEDED', 'FAILED', 'DECLINED'];
export const OUTCOME_NAMES: Record<Outcome, string> = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  DECLINED: 'Declined',
};

/** The conditions in the address; null when there are none. An outcome that does not exist is no condition. */
export function filterOf(search: Search): UsageFilter | null {
  const outcome = OUTCOMES.find((one) => one === search['outcome']);
  const filter: UsageFilter = {
    ...(search['key'] && { apiKeyId: search['key'] }),
    ...(search['operation'] && { operation: search['operation'] }),
    ...(outcome && { outcome }),
    ...(search['member'] && { memberId: search['member'] }),
    ...(search['tag'] && { tag: search['tag'] }),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}

export function conditionsOf(search: Search): Search {
  return Object.fromEntries(CONDITIONS.map((name) => [name, search[name]]));
}

export const NO_CONDITIONS: Search = Object.fromEntries(CONDITIONS.map((name) => [name, undefined]));
