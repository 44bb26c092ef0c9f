import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveLedger, verifyLedger } from '#core/credits/ledger-proof';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type TestWorkspace, type World } from '../../world/world.ts';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const key = (): { idempotencyKey: string } => ({ idempotencyKey: randomUUID() });

/** Every kind of entry there is, in one workspace. Entry numbers are those that the tests below name. */
async function busyWorkspace(): Promise<TestWorkspace> {
  const workspace = await world.makeWorkspace({ credits: credits(20) }); // 1
  const { workspaceId, key: paying } = workspace;
  const { credits: engine, operator } = world;
  const { apiKeyId } = paying.actor;
  const spend = await world.permit(paying.actor, 'usage:write', workspaceId);
  const hold = await world.permit(paying.actor, 'holds:write', workspaceId);
  const grants = await world.permit(operator, 'credits:grant', workspaceId);
  const trial = { credits: credits(3), source: 'TRIAL', ...key() } as const;
  const { grant } = await engine.grantCredits(grants, trial); // 2
  await engine.recordUsage(spend, { apiKeyId, credits: credits(5), ...key() }); // 3, from both
  await engine.recordUsage(spend, { apiKeyId, credits: credits(1), ...key() }); // 4
  const refunds = await world.permit(operator, 'credits:refund', workspaceId);
  await engine.refundUsage(refunds, { seq: 3n, credits: credits(1), ...key() }); // 5, to the purchase
  const held = { apiKeyId, credits: credits(6), overage: 'TAKE', ...key() } as const;
  const opened = await engine.createHold(hold, held); // 6
  const holdId = opened.hold?.id ?? '';
  await engine.captureHold(hold, { holdId, credits: credits(2), final: false, ...key() }); // 7
  await engine.extendHold(hold, { holdId, credits: credits(1), ...key() }); // 8
  await engine.captureHold(hold, { holdId, credits: credits(7), ...key() }); // 9, two above
  const other = await engine.createHold(hold, { ...held, ...key() }); // 10
  await engine.releaseHold(hold, { holdId: other.hold?.id ?? '', ...key() }); // 11
  const adjust = await world.permit(operator, 'credits:adjust', workspaceId);
  for (const direction of ['ADD', 'REMOVE'] as const) {
    await engine.adjustCredits(adjust, { direction, credits: credits(2), reason: 'x', ...key() }); // 12, 13
  }
  await engine.refundUsage(refunds, { seq: 3n, ...key() }); // 14, to both
  const voids = await world.permit(operator, 'credits:void', workspaceId);
  await engine.voidGrant(voids, { grantId: grant.id, ...key() }); // 15
  await engine.recordUsage(spend, { apiKeyId, credits: credits(1_000), ...key() }); // 16, declined
  await engine.createHold(hold, { ...held, ...key() }); // 17, stays open
  return workspace;
}

async function prove({ workspaceId }: TestWorkspace, isIncremental = false) {
  let entries = 0;
  const proof = proveLedger(world.db, workspaceId, { isIncremental });
  for (;;) {
    const step = await proof.next();
    if (step.done) return { entries, seq: step.value };
    entries += step.value;
  }
}

/** Changes what is stored, past the triggers that refuse it. */
const tamper = (sql: string) => query(world.databaseUrl, `SET session_replication_role = replica; ${sql}`);

test('a ledger with every kind of entry is proved, whole and from where the last proof ended', async () => {
  const workspace = await busyWorkspace();
  expect(await prove(workspace)).toEqual({ entries: 17, seq: 17n });
  expect(await prove(workspace, true)).toEqual({ entries: 0, seq: 17n });
  const { workspaceId, key: paying } = workspace;
  const spend = await world.permit(paying.actor, 'usage:write', workspaceId);
  await world.credits.recordUsage(spend, { apiKeyId: paying.actor.apiKeyId, credits: 1n, ...key() });
  expect(await prove(workspace, true)).toEqual({ entries: 1, seq: 18n });
});

test('an operator is told what is wrong, and how far it was right', async () => {
  const workspace = await busyWorkspace();
  const permit = await world.permit(world.operator, 'ledger:verify', workspace.workspaceId);
  const whole = { isIncremental: false };
  expect(await verifyLedger(world.db, permit, whole)).toEqual({ seq: 17n, entries: 17, violation: null });
  await tamper(
    `UPDATE ledger_entry SET credits = credits + 1 WHERE workspace_id = '${workspace.workspaceId}' AND seq = 4`,
  );
  const { violation } = await verifyLedger(world.db, permit, whole);
  expect(violation).toContain('entry 4');
});

test.each([
  ['entry 4 does not leave available', `UPDATE ledger_entry SET credits = credits + 1 WHERE seq = 4`],
  ['entry 3 is missing', `DELETE FROM ledger_entry WHERE seq = 3`],
  ['entry 17 is missing', `DELETE FROM ledger_entry WHERE seq = 17`],
  ['entry 5 is older', `UPDATE ledger_entry SET created_at = created_at - interval '1 hour' WHERE seq = 5`],
  ['entry 6 does not leave held', `UPDATE ledger_entry SET held_after = held_after + 1 WHERE seq = 6`],
  ['entry 3 is not the sum of its parts', `UPDATE ledger_split SET credits = credits + 1 WHERE seq = 3`],
  ['entry 3 is not split as it says', `DELETE FROM ledger_split WHERE seq = 3`],
  ['entry 4 names no grant', `UPDATE ledger_entry SET grant_id = NULL WHERE seq = 4`],
  ['entry 14 refunds more than was charged', `UPDATE ledger_entry SET ref_seq = 4 WHERE seq = 14`],
  [
    'entry 4 was decided before',
    `UPDATE ledger_entry e SET idempotency_key_hash = o.idempotency_key_hash FROM ledger_entry o
     WHERE e.seq = 4 AND o.seq = 3 AND o.workspace_id = e.workspace_id`,
  ],
  [
    'entry 13 drew on grants out of their order',
    `UPDATE ledger_entry e SET grant_id = o.grant_id FROM ledger_entry o
     WHERE e.seq = 13 AND o.seq = 12 AND o.workspace_id = e.workspace_id`,
  ],
  [
    'the totals are not the sums',
    `UPDATE balance SET granted_total = granted_total + 1, spent_total = spent_total + 1`,
  ],
  [
    'the balance is not what the last entry says',
    `UPDATE balance SET available = available - 1, spent_total = spent_total + 1`,
  ],
  [
    'the grants do not come to the balance',
    `UPDATE credit_grant SET remaining = remaining - 1, spent = spent + 1 WHERE seq = 1`,
  ],
  [
    'the holds do not come',
    `UPDATE hold_draw SET credits = credits + 1 WHERE hold_id IN (SELECT id FROM hold WHERE seq = 17)`,
  ],
  [
    'is not what its entries come to',
    `UPDATE credit_grant SET remaining = remaining + CASE seq WHEN 1 THEN -1 ELSE 1 END,
     expired = expired + CASE seq WHEN 1 THEN 1 ELSE -1 END WHERE seq IN (1, 2)`,
  ],
])('whoever tampers is found out: %s', async (words, sql) => {
  const workspace = await busyWorkspace();
  const { workspaceId } = workspace;
  const scoped = sql.includes('WHERE') ? sql : `${sql} WHERE workspace_id = '${workspaceId}'`;
  // Every table that is named here has a workspace, but for what holds hold.
  await tamper(
    scoped.replace(
      /WHERE (?=seq|e\.seq)/,
      (where) => `${where}${sql.includes(' e SET') ? 'e.' : ''}workspace_id = '${workspaceId}' AND `,
    ),
  );
  await expect(prove(workspace)).rejects.toThrow(words);
});

test('a ledger that is written meanwhile is proved all the same', async () => {
  const workspace = await world.makeWorkspace({ credits: credits(1_000) });
  const { workspaceId, key: paying } = workspace;
  const spend = await world.permit(paying.actor, 'usage:write', workspaceId);
  const over = new AbortController();
  const writing = (async () => {
    while (!over.signal.aborted) {
      await world.credits.recordUsage(spend, { apiKeyId: paying.actor.apiKeyId, credits: 1n, ...key() });
    }
  })();
  for (let round = 0; round < 10; round++) expect((await prove(workspace, round % 2 === 1)).seq).toBeGreaterThan(0n);
  over.abort();
  await writing;
});
