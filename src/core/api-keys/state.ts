import type { ApiKey } from '#generated/prisma/client';

export type ApiKeyState = 'ACTIVE' | 'DISABLED' | 'EXPIRED' | 'REVOKED';

/** What ends a key, or stops it for a while. */
export type Lifetime = Pick<ApiKey, 'revokedAt' | 'disabledAt' | 'expiresAt'>;

/** A key together with the one that made it, if another key did. */
export type Lineage = Lifetime & { parent: Lifetime | null };

/** The columns that a Lineage needs, for those who read one. */
export const LIFETIME = { revokedAt: true, disabledAt: true, expiresAt: true } as const;

/** The state at a moment; a lesser key ends and rests with the key that made it. Revoked wins over disabled, that over expired. */
export function apiKeyState({ parent, ...key }: Lineage, at: Date): ApiKeyState {
  const lives = parent ? [key, parent] : [key];
  if (lives.some(({ revokedAt }) => revokedAt !== null)) return 'REVOKED';
  if (lives.some(({ disabledAt }) => disabledAt !== null)) return 'DISABLED';
  return lives.some(({ expiresAt }) => expiresAt !== null && expiresAt <= at) ? 'EXPIRED' : 'ACTIVE';
}

/** When a key stops working by itself, at the latest; null for never. */
export function expiryOf({ expiresAt, parent }: Lineage): Date | null {
  return earliest(expiresAt, parent?.expiresAt ?? null);
}

/** The earlier of two times, of which null is never. */
export function earliest(one: Date | null, other: Date | null): Date | null {
  return one === null || (other !== null && other < one) ? other : one;
}
