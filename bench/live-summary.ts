import { atLeast, atMost, type Bar, rounded, type Rounds } from './report.ts';

export const PRODUCT = 'one event to all, product';
export const RECIPE = 'one event to all, yoga + graphql-ws';
export const BROADCAST = 'one event to all, ws alone';
export const rssOf = (name: string): string => `${name}: RSS of a connection, KiB`;

export const HERE = 'commit to client, one node';
export const ACROSS = 'commit to client, the other node';
export const ASKED = 'a debit meanwhile, as its caller sees it';
export const UNFOLLOWED = 'a debit that nobody follows';
export const FOLLOWED = 'a debit with followers';
export const RATE = 'debits a second that were reached';
export const REFUSED = 'debits of a measurement that were refused';
export const CONFLATED = 'balance states left out, percent';

export const CAME_BACK = 'all back and caught up, product';
export const RECIPE_CAME_BACK = 'all back, yoga + graphql-ws, which do not catch up';
export const STATEMENTS_MANY = 'SQL statements of a storm, many sockets a workspace';
export const STATEMENTS_ONE = 'SQL statements of a storm, one socket a workspace';

export function liveRatios(figures: Rounds): Record<string, number> {
  return {
    ...(figures.has(PRODUCT) && {
      'CPU of a delivery: yoga + graphql-ws / product': figures.ratio(RECIPE, [PRODUCT], 'cpuMicros'),
      'CPU of a delivery: product / ws alone': figures.ratio(PRODUCT, [BROADCAST], 'cpuMicros'),
    }),
    ...(figures.has(FOLLOWED) && {
      'CPU of server and PostgreSQL for a debit: followed / unfollowed': cpuRaised(figures),
    }),
    ...(figures.has(CAME_BACK) && {
      'CPU of coming back: product / yoga + graphql-ws': figures.ratio(CAME_BACK, [RECIPE_CAME_BACK], 'cpuMicros'),
    }),
  };
}

export function liveBars(figures: Rounds): Bar[] {
  const measured = figures.figures();
  const facts = figures.facts();
  const fact = (name: string): number => facts[name] ?? Number.NaN;
  const bars: Bar[] = [];
  if (figures.has(PRODUCT)) {
    bars.push(
      atMost('server CPU of a delivery, us', 20, measured[PRODUCT]?.cpuMicros ?? Number.NaN),
      atLeast('yoga + graphql-ws / product, CPU of a delivery', 5, figures.ratio(RECIPE, [PRODUCT], 'cpuMicros')),
      atMost('product / ws alone, CPU of a delivery', 1.5, figures.ratio(PRODUCT, [BROADCAST], 'cpuMicros')),
      atMost(rssOf(PRODUCT), 12, fact(rssOf(PRODUCT))),
    );
  }
  if (figures.has(HERE)) {
    bars.push(
      atMost(`${HERE}, p99 ms`, 100, measured[HERE]?.p99Ms ?? Number.NaN),
      atMost(`${ACROSS}, p99 ms`, 200, measured[ACROSS]?.p99Ms ?? Number.NaN),
      atMost('CPU of a debit, followed / unfollowed', 1.1, cpuRaised(figures)),
    );
  }
  if (figures.has(CAME_BACK)) {
    bars.push(
      atMost(`${CAME_BACK}, ms`, 10_000, measured[CAME_BACK]?.maxMs ?? Number.NaN),
      // What happens meanwhile by the clock is in both; a query for each socket would make it a multiple.
      atMost('SQL statements of a storm, many / one', 1.5, rounded(fact(STATEMENTS_MANY) / fact(STATEMENTS_ONE))),
    );
  }
  return bars;
}

function cpuRaised(figures: Rounds): number {
  return figures.ratio(FOLLOWED, [UNFOLLOWED], 'cpuMicros');
}
