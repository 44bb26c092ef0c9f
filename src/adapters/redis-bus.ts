import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import type { Bus } from '#core/events/bus';
import { type Carrier, type CarrierEvents, HintRelay } from '#core/events/hint-relay';

const CHANNEL = 'commonpurse:hints';
/** A connection whose path went silent is found out by asking; TCP itself gives it up after many minutes. */
const HEARTBEAT_MS = 5_000;
const OPTIONS: RedisOptions = {
  commandTimeout: 3_000,
  keepAlive: 5_000,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  retryStrategy: (times) => Math.min(times * 100, 2_000),
};

/**
 * The bus of processes that share a Redis: publish and subscribe, nothing is stored.
 * @param options.local The bus of this process.
 * @param options.onError Told when Redis is lost, once for each time that it is.
 */
export function openRedisBus(url: string, { local, onError }: { local: Bus; onError: (error: unknown) => void }): Bus {
  return new HintRelay(local, (events) => openCarrier(url, { ...events, onError }));
}

function openCarrier(
  url: string,
  { onText, onBack, onError }: CarrierEvents & { onError: (error: unknown) => void },
): Carrier {
  // One that subscribes can do nothing else.
  const sending = new Redis(url, OPTIONS);
  const listening = new Redis(url, { ...OPTIONS, autoResubscribe: false });
  let isThere = true;
  let wasHere = false;
  let lastError: unknown;
  const listen = async (): Promise<void> => {
    await listening.subscribe(CHANNEL);
    isThere = true;
    if (wasHere) onBack();
    wasHere = true;
  };
  const beat = async (redis: Redis): Promise<void> => {
    // While it is being opened it has limits of its own.
    if (redis.status !== 'ready') return;
    try {
      await redis.ping();
    } catch (error) {
      // A refusal is an answer too.
      if (error instanceof ReplyError || redis.status !== 'ready') return;
      lastError = error;
      redis.disconnect(true);
    }
  };
  const both = [sending, listening];
  const heartbeat = setInterval(() => void Promise.all(both.map(beat)), HEARTBEAT_MS).unref();
  for (const redis of both) redis.on('error', (error) => (lastError = error));
  listening.on('message', (_channel, text) => onText(text));
  listening.on('ready', () => {
    // Without it this connection hears nothing: a new one tries again.
    void listen().catch(() => listening.disconnect(true));
  });
  listening.on('close', () => {
    if (isThere) onError(new Error('Redis is away: no word from other nodes.', { cause: lastError }));
    isThere = false;
  });
  return {
    async send(text) {
      await sending.publish(CHANNEL, text);
    },
    async close() {
      isThere = false;
      clearInterval(heartbeat);
      for (const redis of both) redis.disconnect();
    },
  };
}
