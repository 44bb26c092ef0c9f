import { openGround } from './ground.ts';
import { openDelivery } from './live-delivery.ts';
import { liveBars, liveRatios } from './live-summary.ts';
import type { Part } from './part.ts';
import { type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';

const SOCKETS = 8_000;
/** A single round is only a smoke test. */
const SOCKETS_QUICK = 100;

/** What thousands of live subscribers cost the server, beside the usual recipe and beside `ws` alone. */
export async function benchLive({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const parts: Part[] = [];
  try {
    const machine = describeMachine(ground);
    const isQuick = rounds === 1;
    parts.push(await openDelivery(ground, { sockets: isQuick ? SOCKETS_QUICK : SOCKETS }));
    const figures = new Rounds();
    for (let round = 0; round < rounds; round++) {
      for (const part of parts) await part.runRound({ seconds, figures });
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
    for (const part of parts) await part.close?.();
    await ground.close();
  }
}
