import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credits, openCredits } from '#core/credits/credits';
import type { RecordUsageInput } from '#core/credits/debits';
import { IdempotencyConflict, NotFound, Unauthenticated, Unavailable } from '#core/errors';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestKey, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

type Call = Partial<RecordUsageInput> & { with?: TestKey; through?: Credits };

async function spend({ workspaceId, key }: TestWorkspace, { with: spending = key, through, ...input }: Call = {}) {
  const permit = await world.permit(spending.actor, 'usage:write', workspaceId);
  const call = { apiKeyId: spending.actor.apiKeyId, idempotencyKey: randomUUID(), credits: credits(1), ...input };
  return (through ?? world.credits).recordUsage(permit, call);
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

async function expectSound({ workspaceId }: TestWorkspace): Promise<void> {
  expect(await violationsOf(world, workspaceId)).toEqual([]);
}

test('1,000 calls at once on one balance of 700 are 700 charged and 300 declined, numbered without a gap', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(700) });
  const answers = await Promise.all(times(1_000, () => spend(workspace)));
  const outcomes = answers.map(({ entry }) => entry.outcome);
  expect(outcomes.filter((outcome) => outcome === 'SUCCEEDED')).toHaveLength(700);
  expect(outcomes.filter((outcome) => outcome === 'DECLINED')).toHaveLength(300);
  expect(new Set(answers.map(({ entry }) => entry.seq)).size).toBe(1_000);
  await expectSound(workspace);
});

test('an answer is what the ledger says, to the last column', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(3) });
  const call = { tag: 'x', metadata: { b: [1, null], a: 'ü' }, latencyMs: 7, units: 2n, credits: credits(2) };
  const answers = await Promise.all([spend(workspace, call), spend(workspace, call)]);
  for (const { entry } of answers) {
    const where = { workspaceId: workspace.workspaceId, seq: entry.seq };
    expect(await world.db.ledgerEntry.findFirstOrThrow({ where })).toEqual(entry);
  }
});

test('three processes that decide about one balance stay exact, and answer each of their calls', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(400) });
  const processes = times(3, () => openCredits({ db: world.db, bus: world.bus }));
  const waves = times(4, () => processes.flatMap((through) => times(50, () => () => spend(workspace, { through }))));
  const answers = [];
  for (const wave of waves) answers.push(...(await Promise.all(wave.map((call) => call()))));
  expect(answers.filter(({ entry }) => entry.outcome === 'SUCCEEDED')).toHaveLength(400);
  expect(answers.filter(({ entry }) => entry.outcome === 'DECLINED')).toHaveLength(200);
  await expectSound(workspace);
});

test('the same call many times at once, through two processes, is charged once and answered alike', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(50) });
  const processes = times(2, () => openCredits({ db: world.db, bus: world.bus }));
  const call = { idempotencyKey: 'everywhere' };
  const answers = await Promise.all(times(60, (i) => spend(workspace, { ...call, through: processes[i % 2]! })));
  expect(new Set(answers.map(({ entry }) => entry.seq)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  await expectSound(workspace);
});

test('one that is refused changes nothing for those beside it', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(200) });
  const dead = await world.makeKey(workspace.owner, workspace.workspaceId);
  await query(world.databaseUrl, `UPDATE api_key SET revoked_at = now() WHERE id = '${dead.actor.apiKeyId}'`);
  await spend(workspace, { idempotencyKey: 'taken' });
  const results = await Promise.allSettled(
    times(100, (index) => {
      if (index % 10 === 3) return spend(workspace, { operation: 'no.such', credits: null });
      if (index % 10 === 5) return spend(workspace, { with: dead });
      if (index % 10 === 7) return spend(workspace, { idempotencyKey: 'taken', tag: 'altered' });
      return spend(workspace);
    }),
  );
  const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(70);
  for (const kind of [NotFound, Unauthenticated, IdempotencyConflict]) {
    expect(refusals.filter((refusal) => refusal instanceof kind)).toHaveLength(10);
  }
  await expectSound(workspace);
});

test('what the database will not take fails alone', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(200) });
  const refuse = `ALTER TABLE ledger_entry ADD CONSTRAINT no_poison CHECK (tag IS DISTINCT FROM 'poison') NOT VALID`;
  await query(world.databaseUrl, refuse);
  const results = await Promise.allSettled(
    times(64, (index) => spend(workspace, index === 21 ? { tag: 'poison' } : {})),
  );
  await query(world.databaseUrl, 'ALTER TABLE ledger_entry DROP CONSTRAINT no_poison');
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([21]);
  await expectSound(workspace);
});

test('what was remembered of a key neither lets it spend nor keeps it from spending', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const { apiKeyId } = workspace.key.actor;
  await spend(workspace);
  const change = (set: string) => query(world.databaseUrl, `UPDATE api_key SET ${set} WHERE id = '${apiKeyId}'`);
  await change('disabled_at = now()');
  await expect(spend(workspace)).rejects.toThrow(Unauthenticated);
  await change('disabled_at = NULL');
  expect((await spend(workspace)).entry.outcome).toBe('SUCCEEDED');
  await expectSound(workspace);
});

test('a price that has changed elsewhere is the price of the next call', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const price = (micro: bigint) =>
    query(
      world.databaseUrl,
      `INSERT INTO operation (name, description, price, created_at, updated_at) VALUES ('moves', '', ${micro}, now(), now())
       ON CONFLICT (name) DO UPDATE SET price = ${micro}`,
    );
  await expect(spend(workspace, { operation: 'moves', credits: null })).rejects.toThrow(NotFound);
  for (const micro of [1n, 5n, 2n]) {
    await price(micro);
    expect((await spend(workspace, { operation: 'moves', credits: null })).entry.credits).toBe(micro);
  }
});

test('beyond 1,000 waiting calls of a workspace the next is refused at once, and nothing is decided for it', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(5_000) });
  const results = await Promise.allSettled(times(2_000, () => spend(workspace)));
  const refusals = results.filter(({ status }) => status === 'rejected');
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) expect(refusal).toMatchObject({ reason: expect.any(Unavailable) as unknown });
  const { seq } = await world.db.balance.findUniqueOrThrow({ where: { workspaceId: workspace.workspaceId } });
  expect(Number(seq)).toBe(1 + results.length - refusals.length);
  await expectSound(workspace);
}, 20_000);

test('a grant whose time has come pays nothing, and its end is a row of the ledger', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1) });
  const permit = await world.permit(world.operator, 'credits:grant', workspace.workspaceId);
  const expiresAt = new Date(Date.now() + 400);
  const trial = { credits: credits(5), source: 'TRIAL', expiresAt, idempotencyKey: 'trial' } as const;
  await world.credits.grantCredits(permit, trial);
  expect((await spend(workspace, { credits: credits(2) })).entry.availableAfter).toBe(credits(4));
  await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() - Date.now() + 50));
  const { entry } = await spend(workspace, { credits: credits(2) });
  expect(entry).toMatchObject({ outcome: 'DECLINED', availableAfter: credits(1), seq: 5n });
  const where = { workspaceId: workspace.workspaceId, seq: 4n };
  expect(await world.db.ledgerEntry.findFirst({ where })).toMatchObject({ kind: 'EXPIRY', credits: credits(3) });
  await expectSound(workspace);
});

test('a key is remembered for as long as is configured, and counts as new after that', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(10) });
  const forgetful = openCredits({ db: world.db, bus: world.bus, idempotencyDays: 0 });
  const call = { idempotencyKey: 'again' };
  const { entry: first } = await spend(workspace, call);
  expect((await spend(workspace, call)).entry.seq).toBe(first.seq);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await spend(workspace, { ...call, through: forgetful })).entry.seq).toBe(first.seq + 1n);
});
