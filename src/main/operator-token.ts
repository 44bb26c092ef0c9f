import type { Config } from '#config';
import { openDb } from '#core/db';
import { createOperatorToken } from '#core/operators/operator-tokens';
import { openDatabase } from '#main/database';

interface MintOptions {
  name: string;
  log: (line: string) => void;
}

/** The text of a new operator token, the only time it is seen. @throws ValidationFailed */
export async function mintOperatorToken(config: Config, { name, log }: MintOptions): Promise<string> {
  const database = await openDatabase(config, { mode: 'command', log });
  const db = openDb({ url: database.url, connectionsMax: 1 });
  try {
    const { text } = await createOperatorToken(db, { name });
    return text;
  } finally {
    await db.$disconnect();
    await database.stop();
  }
}
