import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { freePort } from '../world/redis.ts';
import { openBalancer } from './balancer.ts';

/** What a container runs; the Dockerfile is held to it. */
export const ENTRY_COMMAND = ['node', 'bin/commonpurse.mjs', 'start'];

export type Env = Readonly<Record<string, string>>;

/** One `commonpurse start`. */
export interface Node {
  port: number;
  process: ChildProcess;
  /** What it printed so far, complaints included. */
  output: () => string;
  /** Settles with the exit code once it ended; null when a signal ended it. */
  ended: Promise<number | null>;
  signal: (name: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
}

/** Real processes over one database behind one address, as compose.yaml has them in containers. */
export interface Topology {
  url: string;
  socketUrl: string;
  /** What every node is started with, for commands beside them. */
  env: Env;
  nodes: readonly Node[];
  /** Starts one more from a folder that holds a release, and sends it its share once it is ready. */
  start(folder: string, env?: Env): Promise<Node>;
  close: () => Promise<void>;
}

export async function openTopology({ env, port }: { env: Env; port?: number }): Promise<Topology> {
  const balancer = await openBalancer(port);
  const shared = {
    AUTH_SECRET: randomBytes(32).toString('base64'),
    SEALING_KEY: randomBytes(32).toString('base64'),
    PUBLIC_URL: balancer.url,
    ...env,
  };
  const nodes: Node[] = [];
  return {
    url: balancer.url,
    socketUrl: `${balancer.url.replace('http', 'ws')}/graphql`,
    env: shared,
    nodes,
    async start(folder, more = {}) {
      const node = launch(folder, { ...shared, PORT: String(await freePort()), ...more });
      nodes.push(node);
      await ready(node);
      balancer.add(node.port);
      void node.ended.then(() => balancer.remove(node.port));
      return node;
    },
    async close() {
      await Promise.all(nodes.map((node) => node.signal('SIGTERM')));
      await balancer.close();
    },
  };
}

/** Runs the entry command, with other arguments if given, and nothing of this process's environment that matters. */
export function launch(folder: string, env: Env, args: readonly string[] = ENTRY_COMMAND.slice(2)): Node {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [ENTRY_COMMAND[1] ?? '', ...args], {
    cwd: folder,
    env: { PATH, HOME, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Control-C in a terminal reaches whole groups; whoever started the topology ends its nodes, once.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    port: Number(env['PORT']),
    process: child,
    output: () => output,
    ended,
    async signal(name) {
      child.kill(name);
      return ended;
    },
  };
}

async function ready({ process: child, output, ended }: Node): Promise<void> {
  const isReady = new Promise<void>((resolve) => {
    child.stdout?.on('data', () => {
      // The last line of the welcome.
      if (/commonpurse (watch|operator-token)/.test(output())) resolve();
    });
  });
  await Promise.race([isReady, ended.then(() => Promise.reject(new Error(`The node ended: ${output()}`)))]);
}
