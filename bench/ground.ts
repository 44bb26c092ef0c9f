import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '#adapters/embedded-postgres';
import { openMemoryBus } from '#adapters/memory-bus';
import { applyMigrations } from '#adapters/migrations';
import { Access } from '#core/access/access';
import type { ApiKeyActor, OperatorActor } from '#core/access/actor';
import type { Permit } from '#core/access/permit';
import { createApiKey } from '#core/api-keys/api-keys';
import { KeyVerifier } from '#core/api-keys/verification';
import { type Credits, openCredits } from '#core/credits/credits';
import { CREDITS_CONNECTIONS } from '#core/credits/dispatcher';
import { ensureLedgerPartitions } from '#core/credits/partitions';
import { type Db, openDb } from '#core/db';
import type { Bus } from '#core/events/bus';
import { newId } from '#core/ids';
import { createOperatorToken, OperatorVerifier } from '#core/operators/operator-tokens';
import { createWorkspace } from '#core/workspaces/workspaces';
import { removeData } from '../tests/world/data-folder.ts';

/** A durable database of its own, as `npm start` runs it, with workspaces that never run out. */
export interface Ground {
  databaseUrl: string;
  folder: string;
  postgres: string;
  db: Db;
  bus: Bus;
  /** Over connections of its own, as the product has them. */
  credits: Credits;
  makeSpender(): Promise<Spender>;
  makeSpenders(count: number): Promise<Spender[]>;
  close(): Promise<void>;
}

/** A key with a large balance behind it. */
export interface Spender {
  workspaceId: string;
  secret: string;
  actor: ApiKeyActor;
  permit: Permit<'usage:write'>;
  holdsPermit: Permit<'holds:write'>;
}

const PLENTY = 1_000_000_000_000n;
const MADE_AT_ONCE = 8;

export async function openGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'commonpurse-bench-'));
  const log = { info: () => {}, warn: () => {} };
  // More connections than the product uses: 64 clients of the row limit and both pools come on top of each other.
  const embedded = await startEmbeddedPostgres({
    dataDir: folder,
    log: () => {},
    // Commits are stamped so that a bench can ask when something came true, whatever the answer had to wait for.
    settings: { max_connections: '200', track_commit_timestamp: 'on' },
  });
  await applyMigrations({ url: embedded.url, log });
  const db = openDb({ url: embedded.url });
  const bus = openMemoryBus((error) => {
    throw error;
  });
  await ensureLedgerPartitions(db);
  await db.plan.updateMany({ data: { requestsPerMinute: 100_000_000 } });
  const keys = new KeyVerifier(db, bus);
  const creditsDb = openDb({ url: embedded.url, connectionsMax: CREDITS_CONNECTIONS });
  const credits = openCredits({ db: creditsDb, bus });
  const { text } = await createOperatorToken(db, { name: 'Bench' });
  const operator = await new OperatorVerifier(db).verify(text, null);
  const makeSpender = spenderMaker({ db, keys, credits, operator });
  return {
    databaseUrl: embedded.url,
    folder,
    postgres: await versionOf(embedded.url),
    db,
    bus,
    credits,
    makeSpender,
    async makeSpenders(count) {
      const made: Spender[] = [];
      while (made.length < count) {
        const some = Math.min(MADE_AT_ONCE, count - made.length);
        made.push(...(await Promise.all(Array.from({ length: some }, makeSpender))));
      }
      return made;
    },
    async close() {
      keys.close();
      await bus.close();
      await creditsDb.$disconnect();
      await db.$disconnect();
      await embedded.stop();
      await removeData(folder);
    },
  };
}

interface Makers {
  db: Db;
  keys: KeyVerifier;
  credits: Credits;
  operator: OperatorActor;
}

const spenderMaker =
  ({ db, keys, credits, operator }: Makers) =>
  async (): Promise<Spender> => {
    const userId = newId();
    await db.user.create({ data: { id: userId, name: 'Bench', email: `${userId}@example.com` } });
    const owner = { kind: 'USER', userId, sessionId: newId(), address: null } as const;
    const { workspaceId } = await createWorkspace(db, owner, { name: 'Bench', idempotencyKey: randomUUID() });
    const grant = { credits: PLENTY, source: 'PURCHASE', idempotencyKey: randomUUID() } as const;
    await credits.grantCredits(await new Access(db, operator).permit('credits:grant', workspaceId), grant);
    const key = { name: 'Bench', environment: 'LIVE', idempotencyKey: randomUUID() } as const;
    const keyPermit = await new Access(db, owner).permit('apiKeys:create', workspaceId);
    const { secret } = await createApiKey(db, keyPermit, key);
    const actor = await keys.verify(secret ?? '', null);
    const access = new Access(db, actor);
    const permit = await access.permit('usage:write', workspaceId);
    const holdsPermit = await access.permit('holds:write', workspaceId);
    return { workspaceId, secret: secret ?? '', actor, permit, holdsPermit };
  };

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  } finally {
    await client.end();
  }
}
