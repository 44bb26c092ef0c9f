import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Random } from '../../isolation/random.ts';
import { query } from '../../world/scratch-database.ts';
import type { Load } from '../load.ts';
import type { Stage } from './stage.ts';

interface Scene {
  stage: Stage;
  workspaceId: string;
  random: Random;
  load: Load;
  /** Stops the callers, waits for those in flight, does something, and lets them go on. */
  whileIdle(work: () => Promise<void>): Promise<void>;
}

/** Something that goes wrong under load. It returns once it is over; what is down comes up again. */
export interface Fault {
  name: string;
  strike(scene: Scene): Promise<void>;
}

export const FAULTS: readonly Fault[] = [
  { name: 'nothing', strike: () => sleep(200) },
  {
    name: 'server killed while idle',
    strike: (scene) => scene.whileIdle(() => scene.stage.replaceServer()),
  },
  {
    name: 'server killed with calls in its queue',
    strike: (scene) =>
      withLockedBalance(scene, async () => {
        await sleep(100);
        await scene.stage.replaceServer();
      }),
  },
  {
    name: 'server killed in mid-batch',
    async strike({ stage, random }) {
      await sleep(random.below(100));
      await stage.replaceServer();
    },
  },
  {
    name: 'server killed after the commit, before the answer',
    async strike({ stage }) {
      stage.network.setMute(true);
      await sleep(50);
      await stage.replaceServer();
      stage.network.cut();
      stage.network.setMute(false);
    },
  },
  { name: 'PostgreSQL stopped at once', strike: ({ stage }) => stage.crashDatabase() },
  {
    name: 'one backend killed',
    async strike({ stage, random }) {
      for (let i = 0; i < 5; i++) {
        await query(
          stage.world.databaseUrl,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'commonpurse' AND state <> 'idle' LIMIT 1`,
        );
        await sleep(random.below(60));
      }
    },
  },
  {
    name: 'connection cut between commit and answer',
    async strike({ stage, random }) {
      for (let i = 0; i < 5; i++) {
        stage.network.loseAnswers(1);
        await sleep(random.below(80));
      }
      stage.network.loseAnswers(0);
    },
  },
  { name: 'no connections left', strike: ({ stage }) => withoutConnections(stage) },
  { name: 'somebody sleeps on the balance', strike: (scene) => withLockedBalance(scene, () => sleep(1_500)) },
  {
    name: 'server stopped and continued',
    async strike({ stage, random }) {
      stage.signal('SIGSTOP');
      await sleep(800 + random.below(800));
      stage.signal('SIGCONT');
    },
  },
];

async function withLockedBalance({ stage, workspaceId }: Scene, work: () => Promise<void>): Promise<void> {
  const holder = await connect(stage);
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM balance WHERE workspace_id = $1 FOR UPDATE', [workspaceId]);
    await work();
    await holder.query('ROLLBACK');
  } finally {
    await holder.end();
  }
}

/** Takes every connection that there is, and ends the server's, so that it finds none. */
async function withoutConnections(stage: Stage): Promise<void> {
  const taken: Client[] = [];
  try {
    stage.network.cut();
    for (;;) {
      const client = await connect(stage).catch(() => null);
      if (!client) break;
      taken.push(client);
    }
    stage.network.cut();
    await sleep(800);
  } finally {
    await Promise.all(taken.map((client) => client.end()));
  }
}

async function connect(stage: Stage): Promise<Client> {
  const client = new Client({ connectionString: stage.world.databaseUrl });
  client.on('error', () => {});
  await client.connect();
  return client;
}
