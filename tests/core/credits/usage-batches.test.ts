import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credits, openCredits } from '#core/credits/credits';
import type { RecordedUsage } from '#core/credits/debits';
import type { MeteredCall } from '#core/credits/usage-input';
import { IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const calls = (count: number, input: Partial<MeteredCall> = {}): MeteredCall[] =>
  Array.from({ length: count }, () => ({ credits: credits(1), idempotencyKey: randomUUID(), ...input }));

async function each({ workspaceId, key }: TestWorkspace, items: MeteredCall[]) {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  return world.credits.recordEach(permit, { apiKeyId: key.actor.apiKeyId, items });
}

async function together({ workspaceId, key }: TestWorkspace, items: MeteredCall[], through: Credits = world.credits) {
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  return through.recordTogether(permit, { apiKeyId: key.actor.apiKeyId, items });
}

const outcomeOf = (result: RecordedUsage | Error): string =>
  result instanceof Error ? result.name : result.entry.outcome;

async function expectSound({ workspaceId }: TestWorkspace): Promise<void> {
  expect(await violationsOf(world, workspaceId)).toEqual([]);
}

test('1,000 calls of a best-effort batch are decided each for itself, in the order of the list', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(500) });
  const results = await each(workspace, calls(1_000));
  expect(results.map(outcomeOf)).toEqual(Array.from({ length: 1_000 }, (_, i) => (i < 500 ? 'SUCCEEDED' : 'DECLINED')));
  await expectSound(workspace);
});

test('an item that is refused is its own answer, and names its place', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5) });
  const items = [...calls(1), ...calls(1, { operation: 'no.such', credits: null }), ...calls(1, { credits: -1n })];
  const results = await each(workspace, [...items, ...calls(1)]);
  expect(results.map(outcomeOf)).toEqual(['SUCCEEDED', 'NotFound', 'ValidationFailed', 'SUCCEEDED']);
  expect(results[1]).toBeInstanceOf(NotFound);
  expect(results[1]).toMatchObject({ inputPath: ['input', 'items', '1', 'operation'] });
  expect(results[2]).toMatchObject({ inputPath: ['input', 'items', '2', 'credits'] });
});

test('a batch that is sent again is answered as before, in both modes', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(12) });
  for (const send of [each, together]) {
    const items = calls(10);
    const first = (await send(workspace, items)) as RecordedUsage[];
    const again = (await send(workspace, items)) as RecordedUsage[];
    expect(again.map(({ replayed }) => replayed)).toEqual(first.map(() => true));
    expect(again.map(({ entry }) => entry)).toEqual(first.map(({ entry }) => entry));
  }
  await expectSound(workspace);
});

test('an atomic batch that does not fit is declined whole and takes nothing', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(9) });
  const results = await together(workspace, calls(10));
  expect(new Set(results.map(outcomeOf))).toEqual(new Set(['DECLINED']));
  expect((await together(workspace, calls(9))).map(outcomeOf)).toEqual(Array.from({ length: 9 }, () => 'SUCCEEDED'));
  await expectSound(workspace);
});

test('one bad item refuses an atomic batch, which leaves no trace', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(9) });
  const bad = calls(1, { operation: 'no.such', credits: null });
  await expect(together(workspace, [...calls(3), ...bad])).rejects.toMatchObject({
    inputPath: ['input', 'items', '3', 'operation'],
  });
  expect(await world.db.ledgerEntry.count({ where: { workspaceId: workspace.workspaceId } })).toBe(1);
});

test('the keys of an atomic batch belong together', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(9) });
  const [one, two] = calls(2) as [MeteredCall, MeteredCall];
  await expect(together(workspace, [one, one])).rejects.toThrow(ValidationFailed);
  await together(workspace, [one, two]);
  await expect(together(workspace, [one])).rejects.toThrow(IdempotencyConflict);
  expect((await each(workspace, [one])).map(outcomeOf)).toEqual(['IdempotencyConflict']);
  await expectSound(workspace);
});

test('a batch has 1 to 1,000 items', async () => {
  const workspace = await world.makeWorkspace();
  await expect(each(workspace, [])).rejects.toThrow(ValidationFailed);
  await expect(together(workspace, calls(1_001))).rejects.toThrow('split it');
});

test('the same atomic batches at once through three processes are decided once', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1_000) });
  const processes = Array.from({ length: 3 }, () => openCredits({ db: world.db, bus: world.bus }));
  const batches = Array.from({ length: 5 }, () => calls(40));
  const answers = await Promise.all(
    processes.flatMap((through) => batches.map((items) => together(workspace, items, through))),
  );
  expect(new Set(answers.flat().map(({ entry }) => entry.seq)).size).toBe(200);
  expect(answers.flat().filter(({ replayed }) => !replayed)).toHaveLength(200);
  await expectSound(workspace);
});
