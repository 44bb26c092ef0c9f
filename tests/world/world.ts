import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { openMemoryBus } from '#adapters/memory-bus';
import { Access } from '#core/access/access';
import type { Actor, ApiKeyActor, OperatorActor, UserActor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import type { Action } from '#core/access/policy';
import { createApiKey } from '#core/api-keys/api-keys';
import type { CreateApiKeyInput } from '#core/api-keys/api-keys';
import { KeyVerifier } from '#core/api-keys/verification';
import { type Credits, openCredits } from '#core/credits/credits';
import { type Db, type EventListener, openDb } from '#core/db';
import type { Bus } from '#core/events/bus';
import { newId } from '#core/ids';
import { createOperatorToken, OperatorVerifier } from '#core/operators/operator-tokens';
import { createWorkspace } from '#core/workspaces/workspaces';
import { makeScratchDatabase, type ScratchDatabase } from './scratch-database.ts';

/** A migrated database of one test file with the core opened over it, and short ways to fill it. */
export interface World {
  databaseUrl: string;
  db: Db;
  bus: Bus;
  credits: Credits;
  keys: KeyVerifier;
  operator: OperatorActor & { token: string };
  permit<A extends Action>(actor: Actor, action: A, workspaceId: string): Promise<Permit<A>>;
  makeUser(name?: string): Promise<UserActor & { email: string }>;
  /** A workspace with an OWNER, one LIVE key and a balance. Credits are micro-credits. */
  makeWorkspace(options?: { credits?: bigint; key?: Partial<CreateApiKeyInput> }): Promise<TestWorkspace>;
  makeKey(owner: UserActor, workspaceId: string, input?: Partial<CreateApiKeyInput>): Promise<TestKey>;
  close(): Promise<void>;
}

export interface TestKey {
  actor: ApiKeyActor;
  secret: string;
}

export interface TestWorkspace {
  workspaceId: string;
  owner: UserActor & { email: string };
  key: TestKey;
}

const MICRO = 1_000_000n;

/** Whole credits in micro-credits. */
export function credits(whole: number): bigint {
  return BigInt(whole) * MICRO;
}

/** @param given A migrated database; left out, one of its own is made. */
export async function openWorld(given?: ScratchDatabase): Promise<World> {
  const database = given ?? (await makeScratchDatabase(inject('templateName')));
  const bus = openMemoryBus(fail);
  const onEvents: EventListener = (workspaceId, number) => bus.publish({ kind: 'events', workspaceId, number });
  const db = openDb({ url: database.url, onEvents });
  await liftQuotas(db);
  const keys = new KeyVerifier(db, bus);
  const engine = openCredits({ db, bus });
  const { text: token } = await createOperatorToken(db, { name: 'Test' });
  const operator = { ...(await new OperatorVerifier(db).verify(token, null)), token };

  const permit: World['permit'] = (actor, action, workspaceId) => new Access(db, actor).permit(action, workspaceId);

  const makeUser: World['makeUser'] = async (name = 'Ada') => {
    const userId = newId();
    const email = `${userId}@example.com`;
    await db.user.create({ data: { id: userId, name, email } });
    return { kind: 'USER', userId, sessionId: newId(), address: null, email };
  };

  const makeKey: World['makeKey'] = async (owner, workspaceId, input = {}) => {
    const { secret } = await createApiKey(db, await permit(owner, 'apiKeys:create', workspaceId), {
      name: 'Test key',
      environment: 'LIVE',
      idempotencyKey: randomUUID(),
      ...input,
    });
    return { secret: secret ?? '', actor: await keys.verify(secret ?? '', null) };
  };

  const makeWorkspace: World['makeWorkspace'] = async ({ credits: amount = 0n, key } = {}) => {
    const owner = await makeUser();
    const { workspaceId } = await createWorkspace(db, owner, { name: 'Acme', idempotencyKey: randomUUID() });
    if (amount > 0n) {
      const grant = { credits: amount, source: 'PURCHASE', idempotencyKey: randomUUID() } as const;
      await engine.grantCredits(await permit(operator, 'credits:grant', workspaceId), grant);
    }
    return { workspaceId, owner, key: await makeKey(owner, workspaceId, key) };
  };

  return {
    databaseUrl: database.url,
    db,
    bus,
    credits: engine,
    keys,
    operator,
    permit,
    makeUser,
    makeKey,
    makeWorkspace,
    async close() {
      keys.close();
      await bus.close();
      await db.$disconnect();
      await database.drop();
    },
  };
}

function fail(error: unknown): never {
  throw error;
}

/** Tests ask faster than any plan lets; those of quotas set their own. */
async function liftQuotas(db: Db): Promise<void> {
  await db.plan.updateMany({ data: { requestsPerMinute: 1_000_000 } });
}
