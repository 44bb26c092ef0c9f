import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../isolation/random.ts';
import { query } from '../../../world/scratch-database.ts';
import type { Follower } from './follower.ts';
import type { LiveStage, TrialNode } from './stage.ts';
import { until } from './until.ts';

interface Scene {
  stage: LiveStage;
  followers: readonly Follower[];
  random: Random;
}

/** Something that goes wrong while everybody listens. */
export interface LiveFault {
  name: string;
  /** How often it is among the faults of one round. */
  share: number;
  /** @returns what it hit: connections, messages, processes; 0 when there was nothing to hit. */
  strike(scene: Scene): Promise<number>;
}

/** One that listens, if any does. */
function pickNode({ stage, random }: Scene): TrialNode {
  const listening = stage.nodes.filter(({ isListening }) => isListening);
  return random.pick(listening.length > 0 ? listening : stage.nodes);
}

const cutSome = (followers: readonly Follower[]): number => followers.filter((follower) => follower.cut()).length;

const FAULTS: readonly LiveFault[] = [
  {
    name: 'connections of clients cut',
    share: 6,
    async strike({ followers, random }) {
      const share = random.next() / 5;
      return cutSome([random.pick(followers), ...followers.filter(() => random.chance(share))]);
    },
  },
  {
    name: 'all connections to a node cut',
    share: 1,
    async strike(scene) {
      const { url } = pickNode(scene);
      return cutSome(scene.followers.filter((follower) => follower.url === url));
    },
  },
  {
    name: 'node killed',
    share: 1,
    async strike(scene) {
      await pickNode(scene).replace();
      return 1;
    },
  },
  {
    name: 'way to the bus cut',
    share: 2,
    async strike(scene) {
      const { bus } = pickNode(scene);
      bus.setOpen(false);
      const hit = bus.cut();
      await sleep(scene.random.below(800));
      bus.setOpen(true);
      return hit;
    },
  },
  {
    name: 'way to the bus gone silent',
    share: 1,
    async strike(scene) {
      const { bus } = pickNode(scene);
      const before = bus.lost();
      bus.setMute(true);
      await sleep(200 + scene.random.below(800));
      // A node that comes back just now has nothing to say yet.
      await until(() => bus.lost() > before, 3_000);
      bus.cut();
      bus.setMute(false);
      return bus.lost() - before;
    },
  },
  {
    name: 'PostgreSQL crashed',
    share: 1,
    strike: ({ stage }) => stage.database.crash().then(() => 1),
  },
];

const REDIS_RESTARTED: LiveFault = {
  name: 'Redis killed',
  share: 1,
  strike: async ({ stage }) => stage.restartRedis?.().then(() => 1) ?? 0,
};

const LISTEN_ENDED: LiveFault = {
  name: 'LISTEN ended by PostgreSQL',
  share: 1,
  async strike({ stage }) {
    const ended = await query(
      stage.database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'commonpurse bus'`,
    );
    return ended.length;
  },
};

/** What can go wrong on this stage. */
export function liveFaults({ restartRedis }: LiveStage): readonly LiveFault[] {
  return [...FAULTS, restartRedis ? REDIS_RESTARTED : LISTEN_ENDED];
}
