import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsOf } from '../world/invariants.ts';
import { makeScratchDatabase, query, type ScratchDatabase } from '../world/scratch-database.ts';
import { credits, openWorld } from '../world/world.ts';
import { makeRelease } from './release.ts';
import { launch, openTopology, type Topology } from './topology.ts';
import { contiguous, follow, spend, type Spending } from './traffic.ts';

/** What a next version may bring: a column that may be empty, and the functions of the ledger replaced. */
const EXPAND = `
  ALTER TABLE ledger_entry ADD COLUMN note text;
  DO $$
  DECLARE definition text;
  BEGIN
    FOR definition IN
      SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname IN ('read_accounts', 'commit_decisions', 'find_replays')
    LOOP EXECUTE definition; END LOOP;
  END $$;`;

let folder: string;
let database: ScratchDatabase;
let topology: Topology;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'commonpurse-releases-'));
  database = await makeScratchDatabase();
  topology = await openTopology({ env: { DATABASE_URL: database.url } });
}, 120_000);
afterAll(async () => {
  await topology.close();
  rmSync(folder, { recursive: true, force: true });
});

async function more(spending: Spending, count = 40): Promise<void> {
  const before = spending.seqs.length;
  await expect.poll(() => spending.seqs.length, { timeout: 10_000 }).toBeGreaterThan(before + count);
}

test('old and new nodes serve side by side across a migration, and nobody loses a debit or an event', async () => {
  const old = makeRelease(join(folder, 'old'));
  const next = makeRelease(join(folder, 'new'), { '29990101000000_expand': EXPAND });
  const first = await topology.start(old);
  const world = await openWorld(database);
  const { key, workspaceId } = await world.makeWorkspace({
    credits: credits(100_000),
    key: { scopes: ['usage:write', 'usage:read', 'balance:read'] },
  });
  const follower = follow(topology, key.secret);
  await expect.poll(() => follower.seqs, { timeout: 5_000 }).toEqual([1]);
  const spending = spend(topology, key.secret);
  await more(spending);

  await topology.start(next);
  expect(await query(database.url, `SELECT FROM information_schema.columns WHERE column_name = 'note'`)).not.toEqual(
    [],
  );
  await more(spending);
  // Whatever starts the old version once more, a crash or a second thought, gets a node that serves.
  const again = await topology.start(old);
  expect(again.output()).toContain('The database is newer than this version: it has 29990101000000_expand');
  await more(spending);
  expect(await first.signal('SIGTERM')).toBe(0);
  await more(spending);
  expect(await again.signal('SIGTERM')).toBe(0);
  await more(spending);
  await spending.stop();

  const last = Math.max(...spending.seqs);
  expect(spending.seqs.toSorted((a, b) => a - b)).toEqual(contiguous(2, last));
  await expect.poll(() => follower.seqs.at(-1), { timeout: 5_000 }).toBe(last);
  expect(follower.seqs).toEqual(contiguous(1, last));
  expect(Array.from(follower.kinds)).toEqual(['FeedSnapshot', 'UsageChange']);
  expect(new Set(follower.closeCodes)).toEqual(new Set([1012]));
  expect(await violationsOf(world, workspaceId)).toEqual([]);
  const proof = launch(next, topology.env, ['verify']);
  expect({ code: await proof.ended, output: proof.output() }).toMatchObject({ code: 0 });
  await follower.dispose();
  await topology.close();
  await world.close();
}, 90_000);
