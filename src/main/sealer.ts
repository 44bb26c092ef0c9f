import { openAesSealer, type SealingKeys } from '#adapters/aes-sealer';
import { openDb } from '#core/db';
import { checkSealingKeys, type Sealer } from '#core/sealing';

/** The sealer of a database, proved to be the right one before anything else is opened over it. @throws WrongSealingKey */
export async function openSealer(databaseUrl: string, keys: SealingKeys): Promise<Sealer> {
  const sealer = openAesSealer(keys);
  const db = openDb({ url: databaseUrl, connectionsMax: 1 });
  try {
    await checkSealingKeys(db, sealer);
  } finally {
    await db.$disconnect();
  }
  return sealer;
}
