import { openDatabase } from '#cli/database';
import { readProcessConfig } from '#config';
import { openDb } from '#core/db';
import { createOperatorToken } from '#core/operators/operator-tokens';

/** Mints an operator token and prints it, the only time it is seen. */
export async function mintOperatorToken({ name }: { name: string }): Promise<void> {
  // Standard output carries the token alone, so that a script can take it.
  const database = await openDatabase(readProcessConfig(), { mode: 'command', log: (line) => console.error(line) });
  const db = openDb({ url: database.url, connectionsMax: 1 });
  try {
    const { text } = await createOperatorToken(db, { name });
    console.log(text);
  } finally {
    await db.$disconnect();
    await database.stop();
  }
}
