import { openMemoryBus } from '#adapters/memory-bus';
import { Access } from '#core/access/access';
import { KeyVerifier } from '#core/api-keys/verification';
import { openCredits } from '#core/credits/credits';
import { CREDITS_CONNECTIONS } from '#core/credits/dispatcher';
import { openDb } from '#core/db';
import { productDebit } from './in-process-debits.ts';
import { type Load, measure } from './measure.ts';

/** One instance in a process of its own, with a Prisma client of its own. Told a load, it answers with what it measured. */
const [databaseUrl = '', secret = ''] = process.argv.slice(2);
const db = openDb({ url: databaseUrl, connectionsMax: CREDITS_CONNECTIONS });
const bus = openMemoryBus((error) => {
  throw error;
});
const keys = new KeyVerifier(db, bus);
const actor = await keys.verify(secret, null);
keys.close();
const spender = { actor, permit: await new Access(db, actor).permit('usage:write', actor.workspaceId) };
const credits = openCredits({ db, bus });
process.on('message', (load: Load) => {
  void measure(load, () => productDebit({ credits }, spender)).then((measured) => process.send?.(measured));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
