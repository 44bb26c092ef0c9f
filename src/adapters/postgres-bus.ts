import { Client } from 'pg';
import { type Carrier, type CarrierEvents, openHintRelay } from '#adapters/hint-relay';
import type { Bus } from '#core/events/bus';

const CHANNEL = 'commonpurse_hints';
const CONNECT_MS = 5_000;
const ANSWER_MS = 3_000;
/** A connection that went silent is found out by asking. */
const HEARTBEAT_MS = 5_000;
const RETRY_MAX_MS = 2_000;

/**
 * The bus of processes that share a database: NOTIFY after the commit, on a connection of its own, so that no debit
 * waits for the lock that a notification takes.
 * @param url Of the database itself; a pooler would lose LISTEN.
 * @param options.onError Told when the connection is lost, once for each time that it is.
 */
export function openPostgresBus(url: string, { onError }: { onError: (error: unknown) => void }): Bus {
  return openHintRelay((events) => openCarrier(url, { ...events, onError }), { onError });
}

function openCarrier(
  url: string,
  { onText, onBack, onError }: CarrierEvents & { onError: (error: unknown) => void },
): Carrier {
  let client: Client | null = null;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;
  let wasHere = false;
  let tries = 0;

  /** Ends a connection once, whatever was the first to say that it is lost. */
  const lose = (lost: Client, error: unknown): void => {
    if (client !== lost) return;
    client = null;
    void lost.end().catch(() => undefined);
    if (isClosed) return;
    if (tries++ === 0) onError(new Error('No word from other nodes: LISTEN was cut off.', { cause: error }));
    retry = setTimeout(() => void connect(), Math.min(100 * 2 ** tries, RETRY_MAX_MS)).unref();
  };
  const connect = async (): Promise<void> => {
    const opened = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'commonpurse bus',
    });
    client = opened;
    opened.on('error', (error) => lose(opened, error));
    opened.on('end', () => lose(opened, new Error('The connection ended.')));
    opened.on('notification', ({ payload }) => onText(payload ?? ''));
    try {
      await opened.connect();
      // Hints are not worth a flush to disk.
      await opened.query('SET synchronous_commit = off');
      await opened.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      lose(opened, error);
      return;
    }
    tries = 0;
    // Whoever began before the first word from others has missed some too.
    if (wasHere) onBack();
    wasHere = true;
  };
  const heartbeat = setInterval(() => {
    const asked = client;
    asked?.query('SELECT 1').catch((error: unknown) => lose(asked, error));
  }, HEARTBEAT_MS).unref();
  void connect();

  return {
    async send(text) {
      if (!client || tries > 0) throw new Error('Not connected.');
      await client.query('SELECT pg_notify($1, $2)', [CHANNEL, text]);
    },
    async close() {
      isClosed = true;
      clearInterval(heartbeat);
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
