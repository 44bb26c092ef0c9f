import { type Ground, openGround } from './ground.ts';
import { openDelivery } from './live-delivery.ts';
import { openStorm } from './live-storm.ts';
import { liveBars, liveRatios } from './live-summary.ts';
import { openTraffic } from './live-traffic.ts';
import type { Part } from './part.ts';
import { type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';

/** Each part alone with the machine: what another holds open is in nobody's figures. A single round is only a smoke test. */
const PARTS: Readonly<Record<string, (ground: Ground, isQuick: boolean) => Promise<Part>>> = {
  delivery: (ground, isQuick) => openDelivery(ground, { sockets: isQuick ? 100 : 8_000 }),
  traffic: (ground, isQuick) =>
    openTraffic(
      ground,
      isQuick
        ? { workspaces: 10, perSecond: 100, followers: 20 }
        : { workspaces: 2_000, perSecond: 2_000, followers: 1_000 },
    ),
  storm: (ground, isQuick) =>
    openStorm(ground, isQuick ? { workspaces: 10, sockets: 5 } : { workspaces: 1_000, sockets: 5 }),
};

/** What thousands of live subscribers cost the server, beside the usual recipe and beside `ws` alone. */
export async function benchLive({ rounds, seconds, only = [] }: BenchOptions): Promise<Report> {
  const parts = Object.entries(PARTS).filter(([name]) => only.length === 0 || only.includes(name));
  const ground = await openGround();
  try {
    const machine = describeMachine(ground);
    const figures = new Rounds();
    for (const [, open] of parts) {
      const part = await open(ground, seconds < 1);
      try {
        for (let round = 0; round < rounds; round++) await part.runRound({ seconds, figures });
      } finally {
        await part.close?.();
      }
    }
    return {
      bench: 'live',
      machine,
      ratios: liveRatios(figures),
      figures: figures.figures(),
      facts: figures.facts(),
      bars: liveBars(figures),
    };
  } finally {
    await ground.close();
  }
}
