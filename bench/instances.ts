import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ONE_INSTANCE, THREE_INSTANCES, UNEVEN } from './debit-summary.ts';
import type { Ground, Spender } from './ground.ts';
import { type Load, type Measured, median } from './measure.ts';
import type { Part } from './part.ts';

const INSTANCES = 3;
/** As many as meet the hot workspace elsewhere, as far as three can share them. */
const CALLERS = 255;

/** Three processes that debit one workspace and know nothing of each other, beside one with as many callers. */
export async function openInstances({ databaseUrl }: Ground, { secret }: Spender): Promise<Part> {
  const instances = await Promise.all(Array.from({ length: INSTANCES }, () => startInstance(databaseUrl, secret)));
  return {
    async runRound({ seconds, figures }) {
      const [alone] = await Promise.all(
        instances.slice(0, 1).map((instance) => ask(instance, { callers: CALLERS, seconds })),
      );
      if (alone) figures.add(ONE_INSTANCE, alone);
      const load = { callers: CALLERS / INSTANCES, seconds };
      const shares = await Promise.all(instances.map((instance) => ask(instance, load)));
      const perSecond = shares.reduce((sum, share) => sum + share.perSecond, 0);
      figures.add(THREE_INSTANCES, {
        perSecond,
        p50Ms: median(shares.map(({ p50Ms }) => p50Ms)),
        p99Ms: Math.max(...shares.map(({ p99Ms }) => p99Ms)),
        maxMs: Math.max(...shares.map(({ maxMs }) => maxMs)),
      });
      const unevenness = shares.map((share) => Math.abs((share.perSecond * INSTANCES) / perSecond - 1));
      figures.note(UNEVEN, 100 * Math.max(...unevenness));
    },
    async close() {
      for (const instance of instances) instance.disconnect();
      await Promise.all(instances.map((instance) => once(instance, 'exit')));
    },
  };
}

async function startInstance(databaseUrl: string, secret: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./instance-process.ts', import.meta.url)), [databaseUrl, secret], {
    execArgv: ['--conditions=source', '--import', 'tsx'],
  });
  await answerOf(child);
  return child;
}

function ask(instance: ChildProcess, load: Load): Promise<Measured> {
  instance.send(load);
  return answerOf(instance);
}

/** What a process says next. Rejects when it dies first. */
async function answerOf(child: ChildProcess): Promise<Measured> {
  const listening = new AbortController();
  const { signal } = listening;
  const died = once(child, 'exit', { signal }).then(() => {
    throw new Error('An instance died');
  });
  try {
    const [answer] = (await Promise.race([once(child, 'message', { signal }), died])) as [Measured];
    return answer;
  } finally {
    died.catch(() => undefined);
    listening.abort();
  }
}
