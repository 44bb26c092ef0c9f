import { Client } from 'pg';
import type { Bus } from '#core/events/bus';
import { type Carrier, type CarrierEvents, HintRelay } from '#core/events/hint-relay';

const CHANNEL = 'commonpurse_hints';
const CONNECT_MS = 5_000;
const ANSWER_MS = 3_000;
/** A connection that went silent is found out by asking. */
const HEARTBEAT_MS = 5_000;
const RETRY_MAX_MS = 2_000;

interface BusOptions {
  /** The bus of this process. */
  local: Bus;
  /** Told when the connection is lost, once for each time that it is. */
  onError: (error: unknown) => void;
}

/**
 * The bus of processes that share a database: NOTIFY after the commit, on a connection of its own, so that no debit
 * waits for the lock that a notification takes.
 * @param url Of the database itself; a pooler would lose LISTEN.
 */
export function openPostgresBus(url: string, { local, onError }: BusOptions): Bus {
  return new HintRelay(local, (events) => new Notifications(url, { ...events, onError }));
}

class Notifications implements Carrier {
  readonly #url: string;
  readonly #events: CarrierEvents & Pick<BusOptions, 'onError'>;
  readonly #heartbeat: NodeJS.Timeout;
  #retry: NodeJS.Timeout | undefined;
  /** The connection, once it is open; until then null, and again when it is lost. */
  #client: Client | null = null;
  #isListening = false;
  #hasListened = false;
  #isClosed = false;
  #tries = 0;

  constructor(url: string, events: CarrierEvents & Pick<BusOptions, 'onError'>) {
    this.#url = url;
    this.#events = events;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    void this.#connect();
  }

  async send(text: string): Promise<void> {
    if (!this.#client || !this.#isListening) throw new Error('Not connected.');
    await this.#client.query('SELECT pg_notify($1, $2)', [CHANNEL, text]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'commonpurse bus',
    });
    this.#client = client;
    client.on('error', (error) => this.#lose(client, error));
    client.on('end', () => this.#lose(client, new Error('The connection ended.')));
    client.on('notification', ({ payload }) => this.#events.onText(payload ?? ''));
    try {
      await client.connect();
      // Hints are not worth a flush to disk.
      await client.query('SET synchronous_commit = off');
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.#lose(client, error);
      return;
    }
    this.#tries = 0;
    this.#isListening = true;
    if (this.#hasListened) this.#events.onBack();
    this.#hasListened = true;
  }

  #beat(): void {
    const client = this.#client;
    if (client && this.#isListening) client.query('SELECT 1').catch((error: unknown) => this.#lose(client, error));
  }

  /** Gives a connection up once, whatever was the first to say that it is lost. */
  #lose(client: Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#isListening = false;
    void client.end().catch(() => undefined);
    if (this.#isClosed) return;
    if (this.#tries++ === 0) {
      this.#events.onError(new Error('No word from other nodes: LISTEN was cut off.', { cause: error }));
    }
    this.#retry = setTimeout(() => void this.#connect(), Math.min(100 * 2 ** this.#tries, RETRY_MAX_MS)).unref();
  }
}
