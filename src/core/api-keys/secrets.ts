import { mintSecret } from '#core/access/secret';
import type { Tx } from '#core/db';
import { newId } from '#core/ids';
import type { ApiKey, ApiKeySecret } from '#generated/prisma/client';

type Ending = Pick<ApiKeySecret, 'expiresAt'>;

/** The secret that does not end by itself: a key has exactly one, whose prefix and last four a list shows. */
export function currentSecret<S extends Ending>(secrets: readonly S[]): S | undefined {
  return secrets.find(({ expiresAt }) => expiresAt === null);
}

/** The secret before it, as long as it still works; rotation leaves at most one. */
export function previousSecret<S extends Ending>(secrets: readonly S[], at: Date): S | undefined {
  return secrets.find(({ expiresAt }) => expiresAt !== null && expiresAt > at);
}

/** Stores the hash of a new current secret. @returns its text, which can never be read again, and what lists show of it. */
export async function addSecret(
  tx: Tx,
  { id: apiKeyId, environment }: Pick<ApiKey, 'id' | 'environment'>,
  createdAt: Date,
): Promise<{ text: string; lastFour: string }> {
  const { text, hash, prefix, lastFour } = mintSecret(environment === 'LIVE' ? 'cp_live_' : 'cp_test_');
  await tx.apiKeySecret.create({ data: { id: newId(), apiKeyId, hash, prefix, lastFour, createdAt } });
  return { text, lastFour };
}
