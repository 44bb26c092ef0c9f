import { expect, test } from 'vitest';
import { startServerChild } from '../live/server-child.ts';
import { credits, openWorld } from '../world/world.ts';

const CALLS = 200;
const ROUNDS = 3;
const RECORD =
  'mutation ($input: RecordUsageInput!) { recordUsage(input: $input) { __typename ... on RecordUsagePayload { seq replayed } } }';

interface Charged {
  seq: string;
  replayed: boolean;
}

/** One call with its own key; null when the server died before it answered. */
async function call(url: string, token: string, idempotencyKey: string): Promise<Charged | null> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: RECORD, variables: { input: { credits: '1', idempotencyKey } } }),
    });
    const { data } = (await response.json()) as { data?: { recordUsage: Charged } };
    return data?.recordUsage ?? null;
  } catch {
    return null;
  }
}

/** All calls, a few at a time, in whatever order they finish. */
async function burst(url: string, token: string, keys: readonly string[]): Promise<(Charged | null)[]> {
  const answers: (Charged | null)[] = keys.map(() => null);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < keys.length; index = next++)
      answers[index] = await call(url, token, keys[index] ?? '');
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return answers;
}

test(
  'calls that a killed server left unanswered are charged once when they are sent again',
  { timeout: 90_000 },
  async () => {
    const world = await openWorld();
    const { workspaceId, key } = await world.makeWorkspace({ credits: credits(10_000) });
    let interrupted = 0;
    let server = await startServerChild(world.databaseUrl);
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const keys = Array.from({ length: CALLS }, (_, index) => `round-${round}-call-${index}`);
        await call(server.url, key.secret, keys[0] ?? '');
        const killing = new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400)).then(() =>
          server.process.kill('SIGKILL'),
        );
        const first = await burst(server.url, key.secret, keys);
        await killing;
        server = await startServerChild(world.databaseUrl);
        const second = await burst(server.url, key.secret, keys);

        expect(second.every((answer) => answer !== null)).toBe(true);
        expect(new Set(second.map((answer) => answer?.seq)).size).toBe(CALLS);
        // Whatever was answered before the kill is answered alike after it.
        const answered = first.flatMap((answer, index) => (answer ? [{ before: answer, now: second[index] }] : []));
        expect(answered.every(({ before, now }) => now?.replayed === true && now.seq === before.seq)).toBe(true);
        interrupted += CALLS - answered.length;
        const { available, seq } = await world.db.balance.findUniqueOrThrow({ where: { workspaceId } });
        const entries = await world.db.ledgerEntry.count({ where: { workspaceId, kind: 'USAGE' } });
        expect({ available, seq, entries }).toEqual({
          available: credits(10_000 - CALLS * round),
          seq: BigInt(CALLS * round + 1),
          entries: CALLS * round,
        });
      }
      // Otherwise nothing was killed in the middle of anything.
      expect(interrupted).toBeGreaterThan(0);
    } finally {
      server.process.kill('SIGKILL');
      await world.close();
    }
  },
);
