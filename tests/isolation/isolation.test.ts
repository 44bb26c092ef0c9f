import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '#graph/schema';
import { openServer, type TestServer } from '../world/server.ts';
import { placesOf } from './coverage.ts';
import { digestOf } from './digest.ts';
import type { OperationKind } from './documents.ts';
import { Fuzz, type Leak } from './fuzz.ts';
import { ID_KINDS } from './references.ts';

const { ISOLATION_OPERATIONS, ISOLATION_SEED } = process.env;
const OPERATIONS = Number(ISOLATION_OPERATIONS ?? 1_000);
/** The short search of every run asks the same each time, so that what it says is about the change; the long one goes on looking. */
const CHANCE = ISOLATION_OPERATIONS === undefined ? 1 : Math.floor(Math.random() * 2 ** 31);
const SEED = Number(ISOLATION_SEED ?? CHANCE);
const TIMEOUT_MS = 60_000 + OPERATIONS * 60;

/** How many at once while the tenant at work is at work. */
const ABREAST = 4;

let server: TestServer;
let fuzz: Fuzz;
let asked = 0;
/** Whether the tenant at work met a leak itself. */
const scandal = new AbortController();

beforeAll(async () => {
  server = await openServer();
  fuzz = await Fuzz.open(server, SEED);
}, 60_000);
afterAll(async () => {
  fuzz.close();
  await server.close();
});

test('there is something of somebody else to ask for, of every kind that has an id', () => {
  const nodes = schema.getPossibleTypes(schema.getType('Node') as never).map(({ name }) => name);
  expect(nodes.filter((name) => !(ID_KINDS as readonly string[]).includes(name))).toEqual([]);
  const { things } = fuzz.quiet;
  const missing = Object.entries(things).filter(([, names]) => names.length === 0);
  expect(missing.map(([kind]) => kind)).toEqual(['idempotencyKey']);
});

test(
  'changes and reads of what is foreign are answered as of what never was, with the same work, and change nothing',
  { timeout: TIMEOUT_MS },
  async () => {
    const changed = await changesAtRest(async () => {
      const count = Math.round(OPERATIONS * 0.4);
      await all(count, (number) => fuzz.run(number, number % 3 === 0 ? 'query' : 'mutation', true), 1);
    });
    expect(changed).toEqual([]);
  },
);

test('reads and streams of what is foreign show nothing of it while it changes', { timeout: TIMEOUT_MS }, async () => {
  const changed = await changesAtRest(async () => {
    const watched = fuzz.outsiders.callers.map((caller) => ({
      caller: caller.name,
      frames: fuzz.transports.watch(caller, followOwn(caller.own.Workspace[0])),
    }));
    const life = liveOn();
    try {
      await all(Math.round(OPERATIONS * 0.6), (number) => fuzz.run(number, kindOf(number), false), ABREAST);
    } finally {
      await life.stop();
    }
    for (const { caller, frames } of watched) {
      const leaks = fuzz.canaries.leaksIn(frames.join('\n'), '');
      if (leaks.length > 0) throw new Error(`${leakedAfter()}: ${caller} is sent ${leaks.join(' ')} unasked`);
    }
    expect(watched.filter(({ frames }) => frames.length > 0).length).toBeGreaterThan(5);
  });
  expect(changed).toEqual([]);
});

test('every field, and every argument that names something, was used', () => {
  expect(placesOf(schema).filter((place) => fuzz.coverage.countOf(place) === 0)).toEqual([]);
  expect(fuzz.tally.misread).toEqual([]);
  // oxlint-disable-next-line no-console -- the size of the search is part of what it shows
  console.log(describeSearch());
});

const kindOf = (number: number): OperationKind => (number % 10 === 0 ? 'subscription' : 'query');

const followOwn = (workspaceId: string | undefined): string =>
  `subscription { usageRecorded${workspaceId ? `(workspaceId: "${workspaceId}")` : ''} { __typename ... on UsageChange { usageEntry { id tag } } } }`;

/** What the work changed of the tenant at rest. */
async function changesAtRest(work: () => Promise<void>): Promise<string[]> {
  const before = await digestOf(server, fuzz.quiet);
  await work();
  const after = await digestOf(server, fuzz.quiet);
  return Object.keys(after)
    .filter((table) => after[table] !== before[table])
    .map((table) => `${leakedAfter()}: outsiders changed rows of ${table}`);
}

/** The tenant at work: spends, changes, revokes and removes, over and over. */
function liveOn(): { stop: () => Promise<void> } {
  const end = new AbortController();
  const living = (async () => {
    for (let day = 0; !end.signal.aborted; day++) {
      for (let call = 0; call < 10; call++) await fuzz.bustle.spend();
      await fuzz.bustle.change();
      const scene = day % 2 === 0 ? 'askWithRevokedKey' : 'followAfterRemoval';
      const leak = await fuzz.scene(day, scene);
      if (leak) throw new Error(describeLeak(leak));
    }
  })();
  // Told of by whoever stops it.
  living.catch(() => scandal.abort());
  return {
    stop: async () => {
      end.abort();
      await living;
    },
  };
}

/** Runs until the first leak. */
async function all(count: number, run: (number: number) => Promise<Leak | null>, abreast: number): Promise<void> {
  const end = asked + count;
  let leak: Leak | null = null;
  const worker = async (): Promise<void> => {
    while (asked < end && !leak && !scandal.signal.aborted) leak = (await run(asked++)) ?? leak;
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  if (leak) throw new Error(describeLeak(leak));
}

const leakedAfter = (): string => `LEAK after ${asked} operations`;

function describeLeak({ what, number, caller, transport, operation, details }: Leak): string {
  return [
    `${leakedAfter()}: an answer ${what} (ISOLATION_SEED=${SEED}, operation ${number})`,
    `${caller} by ${transport}: ${operation.query}`,
    JSON.stringify(operation.variables),
    details,
  ].join('\n');
}

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ');

function describeSearch(): string {
  const { kinds, callers, transports } = fuzz.tally;
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${total} foreign operations, each asked of what never was too; leaks 0; ISOLATION_SEED=${SEED}`,
    `  kinds: ${list(kinds)}`,
    `  callers: ${list(callers)}`,
    `  transports: ${list(transports)}`,
  ].join('\n');
}
