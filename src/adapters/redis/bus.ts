import { Redis, type RedisOptions } from 'ioredis';
import { startHeartbeat } from '#adapters/redis/heartbeat';
import type { Bus } from '#core/events/bus';
import { type Carrier, type CarrierEvents, HintRelay } from '#core/events/hint-relay';

const CHANNEL = 'commonpurse:hints';
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
  const both = [sending, listening];
  const stopBeating = both.map((redis) => startHeartbeat(redis, (error) => (lastError = error)));
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
      for (const stop of stopBeating) stop();
      for (const redis of both) redis.disconnect();
    },
  };
}
