import { openMemoryBus } from '#adapters/memory-bus';
import { openPostgresBus } from '#adapters/postgres-bus';
import { openRedisBus } from '#adapters/redis/bus';
import type { Bus } from '#core/events/bus';

export interface BusPlace {
  redisUrl: string | undefined;
  /** Where the database itself is heard, past any pooler, when several processes serve over it; null when it is ours alone. */
  sharedThrough: string | null;
}

/** What this process tells and hears: through Redis, through PostgreSQL, or within itself. */
export function openBus({ redisUrl, sharedThrough }: BusPlace, onError: (error: unknown) => void): Bus {
  const local = openMemoryBus(onError);
  if (redisUrl !== undefined) return openRedisBus(redisUrl, { local, onError });
  return sharedThrough === null ? local : openPostgresBus(sharedThrough, { local, onError });
}
