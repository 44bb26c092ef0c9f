import { atLeast, atMost, type Bar, type Rounds } from './report.ts';

export const PRODUCT = 'one event to all, product';
export const RECIPE = 'one event to all, yoga + graphql-ws';
export const BROADCAST = 'one event to all, ws alone';
export const rssOf = (name: string): string => `${name}: RSS of a connection, KiB`;

export function liveRatios(figures: Rounds): Record<string, number> {
  return {
    'CPU of a delivery: yoga + graphql-ws / product': figures.ratio(RECIPE, [PRODUCT], 'cpuMicros'),
    'CPU of a delivery: product / ws alone': figures.ratio(PRODUCT, [BROADCAST], 'cpuMicros'),
  };
}

export function liveBars(figures: Rounds): Bar[] {
  const measured = figures.figures();
  const facts = figures.facts();
  return [
    atMost('server CPU of a delivery, us', 20, measured[PRODUCT]?.cpuMicros ?? Number.NaN),
    atLeast('yoga + graphql-ws / product, CPU of a delivery', 5, figures.ratio(RECIPE, [PRODUCT], 'cpuMicros')),
    atMost('product / ws alone, CPU of a delivery', 1.5, figures.ratio(PRODUCT, [BROADCAST], 'cpuMicros')),
    atMost(rssOf(PRODUCT), 12, facts[rssOf(PRODUCT)] ?? Number.NaN),
  ];
}
