import { type Demo, loadDemo, seedDemo, worksAt } from '#cli/demo';
import { welcome } from '#cli/welcome';
import { type Config, readProcessConfig } from '#config';
import type { App } from '#main/app';
import { openDatabase, type OpenedDatabase } from '#main/database';
import { serve } from '#main/server';

const say = (line: string): void => console.log(`  ${line}`);

/** Runs the server until a signal ends it. */
export async function start(): Promise<void> {
  const startedAt = performance.now();
  const config = readProcessConfig();
  const database = await openDatabase(config, { mode: 'serve', log: say });
  try {
    const app = await serve(config, database);
    stopOnSignal(app, database);
    try {
      const demo = await demoOf(config, app);
      console.log(welcome({ app, config, demo, seconds: (performance.now() - startedAt) / 1_000 }));
    } catch (error) {
      await app.close();
      throw error;
    }
  } catch (error) {
    await database.stop();
    throw error;
  }
}

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

function stopOnSignal(app: App, database: OpenedDatabase): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // A second signal means now; the embedded database recovers from that too.
    if (isStopping) process.exit(1);
    isStopping = true;
    console.log(`\n  ${signal}: finishing what runs, then stopping`);
    await app.close();
    await database.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
}
