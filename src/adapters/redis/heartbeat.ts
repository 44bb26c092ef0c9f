import { type Redis, ReplyError } from 'ioredis';

/** A connection whose path went silent is found out by asking; TCP itself gives it up after many minutes. */
const HEARTBEAT_MS = 5_000;

/**
 * Gives up a connection that does not answer within its command's time, for a new one.
 * @returns what stops the asking.
 */
export function startHeartbeat(redis: Redis, onSilent: (error: unknown) => void): () => void {
  const beat = async (): Promise<void> => {
    // While it is being opened it has limits of its own.
    if (redis.status !== 'ready') return;
    try {
      await redis.ping();
    } catch (error) {
      // A refusal is an answer too.
      if (error instanceof ReplyError || redis.status !== 'ready') return;
      onSilent(error);
      redis.disconnect(true);
    }
  };
  const timer = setInterval(() => void beat(), HEARTBEAT_MS).unref();
  return () => clearInterval(timer);
}
