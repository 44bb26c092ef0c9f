import { BATCHES, HTTP, NOOP, SOCKET } from './debit-summary.ts';
import type { Ground, Spender } from './ground.ts';
import type { Part } from './part.ts';
import { measureBatches, measureHttp, measureSocket } from './server-load.ts';
import { startServer, stopServer } from './servers.ts';

const BATCH_SIZE = 100;
/** More would have more calls waiting than a workspace may. */
const BATCH_CALLERS = 8;

/** Debits through the whole server, by HTTP and by one socket, beside a mutation of stock yoga and Pothos that does nothing. */
export async function openServedDebits({ databaseUrl }: Ground, { secret }: Spender): Promise<Part> {
  const [product, noop] = await Promise.all([startServer('product', databaseUrl), startServer('no-op', databaseUrl)]);
  return {
    async runRound({ seconds, figures }) {
      figures.add(NOOP, await measureHttp(noop, secret, seconds));
      figures.add(HTTP, await measureHttp(product, secret, seconds));
      figures.add(SOCKET, await measureSocket(product, secret, seconds));
      const load = { callers: BATCH_CALLERS, seconds };
      figures.add(BATCHES, await measureBatches(product, { secret, size: BATCH_SIZE }, load));
    },
    async close() {
      await Promise.all([product, noop].map(stopServer));
    },
  };
}
