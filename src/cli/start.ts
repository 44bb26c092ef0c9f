import { type Demo, loadDemo, seedDemo, worksAt } from '#cli/demo';
import { welcome, welcomeWorker } from '#cli/welcome';
import { type Config, readProcessConfig } from '#config';
import type { App } from '#main/app';
import { openDatabase, type OpenedDatabase } from '#main/database';
import { serve, work } from '#main/server';

const say = (line: string): void => console.log(`  ${line}`);

/** One half of the program, where another process runs the other. */
export type Part = 'server' | 'worker';

/** Runs the server and the jobs, or one of the two, until a signal ends it. */
export async function start({ only }: { only?: Part }): Promise<void> {
  const startedAt = performance.now();
  const secondsGone = (): number => (performance.now() - startedAt) / 1_000;
  const config = readProcessConfig();
  // A worker of its own shares the embedded database with the server that runs it.
  const database = await openDatabase(config, { mode: only === 'worker' ? 'command' : 'serve', log: say });
  const running: { close(): Promise<void> }[] = [];
  try {
    if (only !== 'worker') {
      const app = await serve(config, database);
      running.push(app);
      stopOnSignal(running, database);
      const demo = await demoOf(config, app);
      if (only !== 'server') running.push(await work(config, database, app));
      console.log(welcome({ app, config, demo, seconds: secondsGone() }));
    } else {
      const worker = await work(config, database);
      running.push(worker);
      stopOnSignal(running, database);
      console.log(welcomeWorker({ worker, seconds: secondsGone() }));
    }
  } catch (error) {
    await closeAll(running);
    await database.stop();
    throw error;
  }
}

const closeAll = (running: readonly { close(): Promise<void> }[]) => Promise.all(running.map((part) => part.close()));

async function demoOf(config: Config, app: App): Promise<Demo | null> {
  const known = await loadDemo(config.dataDir);
  // The file may be another database's: DATABASE_URL leaves the data folder as it is.
  if (known && (await worksAt(app.localUrl, known))) return known;
  if (!config.seed) return null;
  if (!(await app.isEmpty())) {
    // An external database has its own people; in our own folder it means that an earlier first start was cut short.
    if (config.database.kind === 'embedded')
      say(`No working demo, and ${config.dataDir} has users already. Delete it to begin again.`);
    return null;
  }
  say('Seeding a demo workspace');
  return seedDemo(app, config.dataDir);
}

function stopOnSignal(running: readonly { close(): Promise<void> }[], database: OpenedDatabase): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // A second signal means now; the embedded database recovers from that too.
    if (isStopping) process.exit(1);
    isStopping = true;
    console.log(`\n  ${signal}: finishing what runs, then stopping`);
    await closeAll(running);
    await database.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
}
