import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeId, encodeId, newId } from '#core/ids';
import { type Ground, openGround, type Spender } from './ground.ts';
import { type Credential, type LiveSocket, openLiveSockets, untilEvery } from './live-sockets.ts';
import { type Distribution, distribution } from './measure.ts';
import { atMost, type Bar, type BenchOptions, describeMachine, type Report, Rounds } from './report.ts';
import { recordUsage, startServer, stopServer } from './servers.ts';

const SOCKETS = 1_000;
const DEBITS_PER_SECOND = 50;
const LAST_EVENT_MS_MAX = 250;
const END_TIMEOUT_MS = 20_000;

/** How long streams of one workspace go on after their right was taken away, while its debits keep flowing. */
export async function benchRevocation({ rounds, seconds }: BenchOptions): Promise<Report> {
  const ground = await openGround();
  const server = await startServer('product', ground.databaseUrl);
  try {
    const machine = describeMachine(ground);
    const place = await makePlace(ground, server.url);
    const figures = new Rounds();
    const sockets = rounds > 1 ? SOCKETS : SOCKETS / 20;
    if (rounds > 1) await runRound(place, { sockets: 100, seconds, figures: new Rounds() });
    for (let round = 0; round < rounds; round++) await runRound(place, { sockets, seconds, figures });
    return { bench: 'revocation', machine, ...summary(figures) };
  } finally {
    await stopServer(server);
    await ground.close();
  }
}

/** A workspace with an owner who revokes and a member who is removed, both signed in. */
interface Place {
  url: string;
  ground: Ground;
  spender: Spender;
  owner: Person;
  member: Person & { memberId: string };
}

interface Person {
  userId: string;
  cookie: string;
}

async function makePlace(ground: Ground, url: string): Promise<Place> {
  const spender = await ground.makeSpender();
  const people = [await signUp(ground, url), await signUp(ground, url)] as const;
  const [{ id: ownerMember }, { id: memberId }] = [{ id: newId() }, { id: newId() }];
  const { workspaceId } = spender;
  const createdAt = new Date();
  await ground.db.member.createMany({
    data: [
      { id: ownerMember, workspaceId, userId: people[0].userId, role: 'OWNER', createdAt },
      { id: memberId, workspaceId, userId: people[1].userId, role: 'MEMBER', createdAt },
    ],
  });
  return { url, ground, spender, owner: people[0], member: { ...people[1], memberId } };
}

async function signUp({ db }: Ground, url: string): Promise<Person> {
  const email = `${randomUUID()}@example.com`;
  const response = await fetch(`${url}/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ name: 'Bench', email, password: randomUUID() }),
  });
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { email } });
  return { userId, cookie };
}

interface Round {
  sockets: number;
  seconds: number;
  figures: Rounds;
}

/** Sockets by two keys and by a member's session; each of the three groups loses its right in turn. */
async function runRound(place: Place, { sockets, seconds, figures }: Round): Promise<void> {
  const { owner, member, ground } = place;
  const workspaceId = encodeId('Workspace', place.spender.workspaceId);
  const [key, unheard] = [await createKey(place, workspaceId), await createKey(place, workspaceId)];
  const open = (share: number, credential: Credential): Promise<LiveSocket[]> =>
    openLiveSockets(place.url, { count: Math.round(sockets * share), workspaceId, credential });
  const byKey = await open(0.4, { authorization: `Bearer ${key.secret}` });
  const bySession = await open(0.4, { cookie: member.cookie });
  const byUnheardKey = await open(0.1, { authorization: `Bearer ${unheard.secret}` });
  const bystanders = await open(0.1, { cookie: owner.cookie });
  const stopDebits = spendSteadily(place);
  const measureEnd = async (name: string, ending: readonly LiveSocket[], end: () => Promise<Date>): Promise<void> => {
    await sleep(seconds * 1_000);
    const endedAt = await end();
    const last = ending === bySession ? 'completeAt' : 'closedAt';
    await measureSilence({ name, ending, last, endedAt, bystanders, figures });
  };
  try {
    await measureEnd('key revoked', byKey, async () => {
      await change(place, `revokeApiKey(input: { apiKeyId: "${encodeId('ApiKey', key.id)}" })`);
      return commitOf(
        ground.db.$queryRaw`SELECT pg_xact_commit_timestamp(xmin) AS at FROM api_key WHERE id = ${key.id}::uuid`,
      );
    });
    await measureEnd('member removed', bySession, async () => {
      const { memberId } = member;
      await change(place, `removeMember(input: { memberId: "${encodeId('Member', memberId)}" })`);
      return commitOf(
        ground.db.$queryRaw`SELECT pg_xact_commit_timestamp(xmin) AS at FROM member WHERE id = ${memberId}::uuid`,
      );
    });
    await measureEnd('hint lost', byUnheardKey, () => revokeUnheard(place, unheard.id));
  } finally {
    await stopDebits();
    for (const { socket } of [byKey, bySession, byUnheardKey, bystanders].flat()) socket.terminate();
  }
  await ground.db.member.update({ where: { id: member.memberId }, data: { removedAt: null } });
}

interface Silence {
  name: string;
  ending: readonly LiveSocket[];
  /** The socket of a key ends with the key; that of a session outlives a membership. */
  last: 'completeAt' | 'closedAt';
  /** When the right was gone: the commit, not its answer, which a busy server sends late. */
  endedAt: Date;
  bystanders: readonly LiveSocket[];
  figures: Rounds;
}

async function measureSilence({ name, ending, last, endedAt, bystanders, figures }: Silence): Promise<void> {
  await untilEvery(ending, (socket) => socket[last] !== null, END_TIMEOUT_MS);
  // Silence proves something only while there is something to hear.
  const silentSince = Date.now();
  await untilEvery(bystanders, ({ lastEventAt }) => lastEventAt > silentSince, END_TIMEOUT_MS);
  const after = (time: (socket: LiveSocket) => number | null): Distribution =>
    distribution(ending.map((socket) => Math.max((time(socket) ?? Infinity) - endedAt.getTime(), 0)));
  figures.add(
    `${name}: last event`,
    after(({ lastEventAt }) => lastEventAt),
  );
  figures.add(
    `${name}: stream complete`,
    after(({ completeAt }) => completeAt),
  );
  if (last === 'closedAt') {
    figures.add(
      `${name}: socket closed`,
      after(({ closedAt }) => closedAt),
    );
  }
}

interface CreatedKey {
  id: string;
  secret: string;
}

async function createKey(place: Place, workspaceId: string): Promise<CreatedKey> {
  const input = `{ workspaceId: "${workspaceId}", name: "Bench", idempotencyKey: "${randomUUID()}" }`;
  const mutation = `createApiKey(input: ${input}) { ... on CreateApiKeyPayload { secret apiKey { id } } }`;
  const { secret, apiKey } = await ask<{ secret: string; apiKey: { id: string } }>(place, mutation);
  return { id: decodeId('ApiKey', apiKey.id) ?? '', secret };
}

async function change(place: Place, mutation: string): Promise<void> {
  const { __typename } = await ask<{ __typename: string }>(place, `${mutation} { __typename }`);
  if (!__typename.endsWith('Payload')) throw new Error(`Refused: ${__typename}`);
}

/** Sends a mutation of the owner. */
async function ask<Answer>({ url, owner }: Place, mutation: string): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie: owner.cookie },
    body: JSON.stringify({ query: `mutation { it: ${mutation} }` }),
  });
  const { data, errors } = (await response.json()) as { data?: { it: Answer }; errors?: unknown };
  if (!data) throw new Error(`Refused: ${JSON.stringify(errors)}`);
  return data.it;
}

/** What another node's revocation looks like here when its hint is lost: the baseline, which the poll makes up for. */
async function revokeUnheard({ ground: { db }, spender: { workspaceId } }: Place, apiKeyId: string): Promise<Date> {
  await db.$transaction([
    db.apiKey.update({ where: { id: apiKeyId }, data: { revokedAt: new Date() } }),
    db.workspace.update({ where: { id: workspaceId }, data: { accessVersion: { increment: 1 } } }),
  ]);
  return commitOf(db.$queryRaw`SELECT pg_xact_commit_timestamp(xmin) AS at FROM api_key WHERE id = ${apiKeyId}::uuid`);
}

async function commitOf(query: Promise<unknown>): Promise<Date> {
  const [row] = (await query) as { at: Date }[];
  if (!row) throw new Error('Nothing was committed');
  return row.at;
}

/** Debits at a steady pace, whether or not earlier ones are answered, until it is called off. */
function spendSteadily({ url, spender: { secret } }: Place): () => Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const running = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const debit = recordUsage(url, { agent, secret });
    running.add(debit);
    void debit.finally(() => running.delete(debit));
  }, 1_000 / DEBITS_PER_SECOND);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
    agent.destroy();
  };
}

function summary(figures: Rounds): Pick<Report, 'ratios' | 'figures' | 'bars'> {
  const measured = figures.figures();
  const bar = (way: string): Bar =>
    atMost(`${way}, last event, p99 ms`, LAST_EVENT_MS_MAX, measured[`${way}: last event`]?.p99Ms ?? Number.NaN);
  return { ratios: {}, figures: measured, bars: [bar('key revoked'), bar('member removed')] };
}
