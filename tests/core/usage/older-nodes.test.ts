import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credits, openCredits } from '#core/credits/credits';
import type { Db } from '#core/db';
import { violationsOf } from '../../world/invariants.ts';
import { query } from '../../world/scratch-database.ts';
import { credits, openWorld, type World } from '../../world/world.ts';

let world: World;
let older: Credits;
let statements = 0;

/** Its place among the values of the statement. */
const ROLLUPS = 8;

beforeAll(async () => {
  world = await openWorld();
  older = openCredits({ db: asBefore(world.db), bus: world.bus });
});
afterAll(() => world.close());

/** The same database, written to as nodes did that summed nothing up: without that part of the statement. */
function asBefore(db: Db): Db {
  const queryRaw = (parts: TemplateStringsArray, ...values: unknown[]): unknown => {
    if (!parts[0]?.includes('FROM commit_decisions(')) return db.$queryRaw(parts, ...values);
    statements++;
    const texts = parts.filter((_, index) => index !== ROLLUPS);
    const before = Object.assign(texts, { raw: texts }) as unknown as TemplateStringsArray;
    return db.$queryRaw(before, ...values.filter((_, index) => index !== ROLLUPS));
  };
  return new Proxy(db, {
    get: (target, name) => (name === '$queryRaw' ? queryRaw : (Reflect.get(target, name) as unknown)),
  });
}

test('what a node of the version before decides is summed up as well', async () => {
  const { workspaceId, key } = await world.makeWorkspace({ credits: credits(100) });
  const { apiKeyId } = key.actor;
  const permit = await world.permit(key.actor, 'usage:write', workspaceId);
  const refund = await world.permit(world.operator, 'credits:refund', workspaceId);
  for (const engine of [older, world.credits, older]) {
    const calls = Array.from({ length: 20 }, (_, index) =>
      engine.recordUsage(permit, {
        apiKeyId,
        credits: BigInt(1_000 + index),
        outcome: index % 5 === 4 ? 'FAILED' : 'SUCCEEDED',
        tag: index % 3 === 0 ? null : `tag ${index % 3}`,
        idempotencyKey: randomUUID(),
      }),
    );
    const [first] = await Promise.all(calls);
    await engine.refundUsage(refund, { seq: first?.entry.seq ?? 0n, credits: 7n, idempotencyKey: randomUUID() });
  }
  expect(statements).toBeGreaterThan(3);
  const place = `coalesce(operation, '') AS operation, outcome, coalesce('=' || tag, '') AS tag`;
  const facts = await query(
    world.databaseUrl,
    `SELECT ${place}, count(*) FILTER (WHERE kind = 'USAGE') AS calls,
       sum(credits) FILTER (WHERE kind = 'USAGE') AS credits, coalesce(sum(credits) FILTER (WHERE kind = 'REFUND'), 0) AS refunded
     FROM ledger_entry WHERE kind IN ('USAGE', 'REFUND') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  const sums = await query(
    world.databaseUrl,
    `SELECT operation, outcome, tag, sum(calls) AS calls, sum(credits) AS credits, sum(refunded) AS refunded
     FROM usage_quarter GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  expect(facts).toHaveLength(6);
  expect(sums).toEqual(facts);
  expect(await violationsOf(world, workspaceId)).toEqual([]);
});
