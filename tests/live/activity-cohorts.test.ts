import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePosition } from '#core/events/activity-position';
import { encodeId, newId } from '#core/ids';
import { Random } from '../isolation/random.ts';
import { openServer, type TestServer } from '../world/server.ts';
import { credits, type TestWorkspace } from '../world/world.ts';
import { follow, openClient, type Stream } from './clients.ts';

let server: TestServer;
beforeAll(async () => void (server = await openServer()));
afterAll(() => server.close());

const ACTIVITY = `subscription ($workspaceId: ID, $after: String) { event: activity(workspaceId: $workspaceId, after: $after) {
  kind: __typename ... on FeedSnapshot { cursor } ... on FeedReset { cursor } ... on ActivityChange { cursor type } } }`;

/** Somebody who follows, goes away and comes back where they were, now and then. */
class Watcher {
  readonly heard: { kind: string; cursor: string; type?: string }[] = [];
  readonly #client: ReturnType<typeof openClient>;
  readonly #workspaceId: string;
  #stream: Stream | null = null;

  constructor({ workspaceId }: TestWorkspace, headers: Record<string, string>) {
    this.#client = openClient(server.socketUrl, { headers });
    this.#workspaceId = encodeId('Workspace', workspaceId);
  }

  get cursor(): string | null {
    return this.heard.at(-1)?.cursor ?? null;
  }

  async come(): Promise<void> {
    if (this.#stream) return;
    const variables = { workspaceId: this.#workspaceId, after: this.cursor };
    this.#stream = follow(this.#client, ACTIVITY, variables);
    if (variables.after === null) await this.#stream.until(({ events }) => events.length > 0);
  }

  go(): void {
    this.#stream?.stop();
    for (const { data } of this.#stream?.events ?? []) this.heard.push(data.event as Watcher['heard'][number]);
    this.#stream = null;
  }

  get lastLive(): string | null {
    return (this.#stream?.events.at(-1)?.data.event.cursor as string | undefined) ?? this.cursor;
  }

  async dispose(): Promise<void> {
    await this.#client.dispose();
  }
}

test('whoever comes and goes while things happen hears each of them once, each log in its order', async () => {
  const workspace = await server.makeWorkspace({ credits: credits(1) });
  const { workspaceId } = workspace;
  const { cookie, userId } = await server.signUp();
  await server.db.member.create({ data: { id: newId(), workspaceId, userId, role: 'MEMBER', createdAt: new Date() } });
  const random = new Random(11, 0);
  const watchers = Array.from({ length: 12 }, () => new Watcher(workspace, { cookie, origin: server.url }));
  const usage = await server.permit(workspace.key.actor, 'usage:write', workspaceId);
  const granting = await server.permit(server.operator, 'credits:grant', workspaceId);
  const tell = async (): Promise<void> => {
    const { seq } = await server.db.balance.findUniqueOrThrow({ where: { workspaceId } });
    server.app.bus.publish({ kind: 'credits', workspaceId, seq });
  };
  const happen = [
    () => server.makeKey(workspace.owner, workspaceId),
    () =>
      server.credits
        .grantCredits(granting, { credits: 1n, source: 'PURCHASE', idempotencyKey: randomUUID() })
        .then(tell),
    ...[1, 2].map(
      () => () =>
        server.credits
          .recordUsage(usage, { apiKeyId: workspace.key.actor.apiKeyId, idempotencyKey: randomUUID(), credits: 1n })
          .then(tell),
    ),
  ];
  for (let turn = 0; turn < 250; turn++) {
    await (happen[random.below(happen.length)] as () => Promise<unknown>)();
    const watcher = watchers[random.below(watchers.length)] as Watcher;
    if (random.chance(0.5)) await watcher.come();
    else watcher.go();
  }
  for (const watcher of watchers) await watcher.come();
  await server.makeKey(workspace.owner, workspaceId);
  const { number } = await server.db.eventHead.findUniqueOrThrow({ where: { workspaceId } });
  for (const watcher of watchers)
    await expect.poll(() => decodePosition(watcher.lastLive ?? '')?.number, { timeout: 10_000 }).toBe(number);

  const decisions = await server.db.ledgerEntry.findMany({
    where: { workspaceId, kind: { not: 'USAGE' } },
    orderBy: { seq: 'asc' },
    select: { seq: true },
  });
  for (const watcher of watchers) {
    watcher.go();
    const places = watcher.heard.map(({ cursor }) => decodePosition(cursor)!);
    expect(watcher.heard.slice(1).every(({ kind }) => kind === 'ActivityChange')).toBe(true);
    const [start] = places;
    const numbers = places.map((place) => place.number).filter((value, index, all) => value !== all[index - 1]);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => start!.number + BigInt(index)));
    // A decision is told where the seq moves and the number does not.
    const told = places.flatMap(({ number: at, seq }, index) =>
      index > 0 && places[index - 1]!.number === at ? [seq] : [],
    );
    expect(told).toEqual(decisions.map(({ seq }) => seq).filter((seq) => seq > start!.seq));
    await watcher.dispose();
  }
}, 60_000);
