import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerFeedReader } from '#core/credits/feed-reader';
import type { FeedReader } from '#core/events/feed-reader';
import type { LedgerEntry } from '#generated/prisma/client';
import { countStatements } from '../../../bench/statements.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
let reader: FeedReader<LedgerEntry>;
let busy: TestWorkspace;
beforeAll(async () => {
  world = await openWorld();
  reader = ledgerFeedReader(world.db);
  busy = await world.makeWorkspace({ credits: credits(10) });
  const { actor } = busy.key;
  const metered = await world.permit(actor, 'usage:write', busy.workspaceId);
  const holding = await world.permit(actor, 'holds:write', busy.workspaceId);
  const call = (more: object) =>
    world.credits.recordUsage(metered, { apiKeyId: actor.apiKeyId, idempotencyKey: randomUUID(), ...more });
  await call({ credits: credits(1), tag: 'Ünï', metadata: { deep: [1, { is: null }] }, latencyMs: 12 });
  await call({ credits: credits(1_000) });
  const terms = { apiKeyId: actor.apiKeyId, credits: credits(2), seconds: 60, idempotencyKey: randomUUID() };
  const { hold } = await world.credits.createHold(holding, terms);
  const capture = { holdId: hold?.id ?? '', credits: credits(1), idempotencyKey: randomUUID() };
  await world.credits.captureHold(holding, capture);
}, 60_000);
afterAll(() => world.close());

test('rows of the feed are the entries, to the last column', async () => {
  const entries = await world.db.ledgerEntry.findMany({
    where: { workspaceId: busy.workspaceId },
    orderBy: { seq: 'asc' },
  });
  expect(entries.length).toBeGreaterThan(4);
  expect(await reader.rowsAfter(busy.workspaceId, 0n, 100)).toEqual(entries);
  expect(await reader.rowsAfter(busy.workspaceId, 1n, 2)).toEqual(entries.slice(1, 3));
  expect(await reader.rowsAfter(busy.workspaceId, 1_000n, 2)).toEqual([]);
});

test('what is new in many workspaces at once is read together, and each gets its own', async () => {
  const others = await Promise.all(Array.from({ length: 20 }, () => world.makeWorkspace({ credits: credits(3) })));
  const all = [busy, ...others];
  let found: LedgerEntry[][] = [];
  const statements = await countStatements(async () => {
    found = await Promise.all(all.map(({ workspaceId }) => reader.rowsAfter(workspaceId, 0n, 1)));
  });
  expect(found.map((rows) => rows.map(({ workspaceId, seq }) => [workspaceId, seq]))).toEqual(
    all.map(({ workspaceId }) => [[workspaceId, 1n]]),
  );
  expect(statements).toBeLessThanOrEqual(2);
});
