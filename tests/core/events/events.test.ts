import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renameWorkspace } from '#core/workspaces/workspaces';
import type { Event } from '#generated/prisma/client';
import { canonicalJson, sha256 } from '#lib/canonical-json';
import { query } from '../../world/scratch-database.ts';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const eventsOf = ({ workspaceId }: TestWorkspace) =>
  world.db.event.findMany({ where: { workspaceId }, orderBy: { number: 'asc' } });

/** Number of the first event whose hash does not follow from what is stored, or null. */
function firstBroken(workspaceId: string, events: readonly Event[]): bigint | null {
  let previous = sha256(workspaceId);
  for (const { chainHash, ...facts } of events) {
    const expected = sha256(Buffer.concat([previous, Buffer.from(canonicalJson(facts))]));
    if (!Buffer.from(chainHash).equals(expected)) return facts.number;
    previous = expected;
  }
  return null;
}

async function renameOften(workspace: TestWorkspace): Promise<void> {
  const permit = await world.permit(workspace.owner, 'workspace:rename', workspace.workspaceId);
  const names = ['Ünïcode 🦊', '"quoted" \\ and \u2028', '  spaced  out ', '1e3', 'ǅ'];
  await Promise.all(names.map((name) => renameWorkspace(world.db, permit, { name })));
}

test('events are numbered without gaps under concurrency, and each hash follows from the rows as stored', async () => {
  const workspace = await world.makeWorkspace();
  await Promise.all([
    renameOften(workspace),
    world.makeKey(workspace.owner, workspace.workspaceId, { idempotencyKey: randomUUID() }),
  ]);
  const events = await eventsOf(workspace);
  expect(events.map(({ number }) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(firstBroken(workspace.workspaceId, events)).toBeNull();
  const head = await world.db.eventHead.findUniqueOrThrow({ where: { workspaceId: workspace.workspaceId } });
  expect(head).toMatchObject({ number: 9n, chainHash: events.at(-1)?.chainHash });
});

test('a row that somebody changed behind the trigger shows, and so does a missing one', async () => {
  const workspace = await world.makeWorkspace();
  await renameOften(workspace);
  const whole = await eventsOf(workspace);
  expect(firstBroken(workspace.workspaceId, whole.toSpliced(3, 1))).toBe(5n);
  const where = `workspace_id = '${workspace.workspaceId}' AND number = 4`;
  await query(
    world.databaseUrl,
    `SET session_replication_role = replica; UPDATE event SET after = jsonb_set(after, '{name}', '"Forged"') WHERE ${where}`,
  );
  expect(firstBroken(workspace.workspaceId, await eventsOf(workspace))).toBe(4n);
});
