import { Agent, request } from 'node:http';
import { openMemoryBus } from '#adapters/memory-bus';
import { mintSecret } from '#core/access/secret';
import { LastUses } from '#core/api-keys/last-uses';
import { KeyVerifier } from '#core/api-keys/verification';
import type { Db } from '#core/db';
import { newId } from '#core/ids';
import { sha256 } from '#lib/canonical-json';
import { type Ground, openGround, type Spender } from './ground.ts';
import { measure } from './measure.ts';
import { atMost, type BenchOptions, describeMachine, type Report, rounded, Rounds } from './report.ts';
import { startServer, stopServer } from './servers.ts';
import { countStatements } from './statements.ts';

const KEYS = 1_000;
const CALLERS = 16;
const COUNTED = 5_000;
const VERIFY_MS_MAX = 2;

const PLAIN = 'plain Prisma, each time';
const COLD = 'product, cold';
const WARM = 'product, warm';

const fail = (error: unknown): never => {
  throw error;
};

/** Whose key a text is: from memory, from the database, and as plain Prisma would ask each time. */
export async function benchKeys({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const server = await startServer('product', ground.databaseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const bus = openMemoryBus(fail);
  const uses = new LastUses({ db: ground.db, onError: fail });
  const keys = new KeyVerifier(ground.db, bus, { noteUse: (actor) => uses.note(actor) });
  try {
    const machine = describeMachine(ground);
    const spender = await ground.makeSpender();
    const secrets = await makeKeys(ground, spender);
    let turn = 0;
    const next = (): string => secrets[turn++ % KEYS] ?? '';
    const warm = () => keys.verify(next(), null);
    const warmUp = () => Promise.all(secrets.map((secret) => keys.verify(secret, null)));
    const contenders: [name: string, call: () => Promise<unknown>, prepare?: () => Promise<unknown>][] = [
      [PLAIN, () => verifyPlainly(ground.db, next())],
      [COLD, () => warm().finally(() => keys.forget(spender.workspaceId))],
      [WARM, warm, warmUp],
      ['HTTP request of a warm key', () => askNothing(server.url, { agent, secret: spender.secret })],
    ];
    const figures = new Rounds();
    for (const [, call] of contenders) await measure({ callers: CALLERS, seconds: Math.min(seconds, 0.2) }, call);
    for (let round = 0; round < rounds; round++) {
      for (const [name, call, prepare] of contenders) {
        await prepare?.();
        figures.add(name, await measure({ callers: CALLERS, seconds }, call));
      }
    }
    await warmUp();
    const statements = await countStatements(async () => {
      for (let call = 0; call < COUNTED; call++) await warm();
    });
    return { bench: 'keys', machine, ...summary(figures, statements / COUNTED) };
  } finally {
    agent.destroy();
    keys.close();
    await uses.close();
    await bus.close();
    await stopServer(server);
    await ground.close();
  }
}

function summary(rounds: Rounds, statements: number): Pick<Report, 'ratios' | 'figures' | 'bars'> {
  const figures = rounds.figures();
  return {
    ratios: {
      'warm / plain Prisma, verifications a second': rounds.ratio(WARM, [PLAIN]),
      'cold / plain Prisma, verifications a second': rounds.ratio(COLD, [PLAIN]),
    },
    figures,
    bars: [
      atMost('p99 of a warm verification, ms', VERIFY_MS_MAX, figures[WARM]?.p99Ms ?? Number.NaN),
      atMost('SQL statements of a warm verification', 0, rounded(statements)),
    ],
  };
}

/** A thousand keys at once: through the front door each would be an event. */
async function makeKeys({ db }: Ground, { workspaceId, actor: { memberId } }: Spender): Promise<string[]> {
  const createdAt = new Date();
  const minted = Array.from({ length: KEYS }, () => ({ id: newId(), ...mintSecret('cp_live_') }));
  const facts = {
    workspaceId,
    memberId,
    name: 'Bench',
    environment: 'LIVE',
    scopes: ['usage:write'],
    createdAt,
  } as const;
  await db.apiKey.createMany({ data: minted.map(({ id }) => ({ id, ...facts, scopes: [...facts.scopes] })) });
  await db.apiKeySecret.createMany({
    data: minted.map(({ id, hash, prefix, lastFour }) => ({
      id: newId(),
      apiKeyId: id,
      hash,
      prefix,
      lastFour,
      createdAt,
    })),
  });
  return minted.map(({ text }) => text);
}

async function verifyPlainly(db: Db, text: string): Promise<void> {
  const secret = await db.apiKeySecret.findUnique({
    where: { hash: sha256(text) },
    include: { apiKey: { include: { member: true, workspace: true } } },
  });
  if (secret?.apiKey.revokedAt !== null) throw new Error('An unknown key');
}

/** The least that a request can ask, so that what is left is the way in: HTTP, the key, GraphQL. */
function askNothing(url: string, { agent, secret }: { agent: Agent; secret: string }): Promise<void> {
  const body = JSON.stringify({ query: '{ __typename }' });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => (text.includes('"Query"') ? resolve() : reject(new Error(text))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
