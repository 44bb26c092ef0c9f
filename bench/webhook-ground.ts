import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAesSealer } from '#adapters/aes-sealer';
import type { AnnouncementType } from '#core/announcements/catalogue';
import { followWorkspace } from '#core/announcements/cursors';
import { inTransaction } from '#core/db';
import { newId } from '#core/ids';
import { secretPurpose } from '#core/webhooks/endpoints';
import { mintSigningSecret } from '#core/webhooks/signature';
import type { Ground } from './ground.ts';

export const BENCH_SEALING_KEY = Buffer.alloc(32, 7);

/** A request that came: when its first byte was there, in milliseconds since 1970. */
export interface Arrival {
  path: string;
  at: number;
  body: string;
}

/** Whoever is told, as fast as can be; what begins with /hangs is never answered. */
export interface Sink {
  url: string;
  take(): Arrival[];
  count(): number;
  close(): Promise<void>;
}

export async function openSink(): Promise<Sink> {
  let arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const [path, at] = [request.url ?? '', performance.timeOrigin + performance.now()];
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      arrivals.push({ path, at, body });
      if (!path.startsWith('/hangs')) response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = arrivals;
      arrivals = [];
      return taken;
    },
    count: () => arrivals.length,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An endpoint that is told of these from now on. */
export async function addEndpoint(
  { db }: Ground,
  { workspaceId, url, eventTypes }: { workspaceId: string; url: string; eventTypes: AnnouncementType[] },
): Promise<string> {
  const id = newId();
  const secret = openAesSealer({ current: BENCH_SEALING_KEY }).seal(mintSigningSecret(), secretPurpose(id));
  const facts = { description: '', isOrdered: false, createdAt: new Date() };
  await inTransaction(db, async (tx) => {
    await followWorkspace(tx, workspaceId);
    await tx.webhookEndpoint.create({ data: { id, workspaceId, url, eventTypes, secret, ...facts } });
  });
  return id;
}

/** So many deliveries that are due, in turn to each of the endpoints. */
export async function addBacklog(
  { db }: Ground,
  { workspaceId, endpointIds, count }: { workspaceId: string; endpointIds: readonly string[]; count: number },
): Promise<void> {
  const at = new Date();
  const told = Array.from({ length: Math.ceil(count / endpointIds.length) }, () => newId());
  const facts = { workspaceId, type: 'credits.granted', occurredAt: at, createdAt: at };
  const data = { grantId: null, credits: '1', available: '1', seq: '1' };
  await db.announcement.createMany({ data: told.map((id) => Object.assign({ id, data }, facts)) });
  const delivery = { workspaceId, state: 'PENDING' as const, nextAttemptAt: at, createdAt: at };
  await db.webhookDelivery.createMany({
    data: told.flatMap((announcementId) =>
      endpointIds.map((endpointId) => Object.assign({ id: newId(), announcementId, endpointId }, delivery)),
    ),
  });
}
