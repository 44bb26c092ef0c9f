import type { ApiKeyActor } from '#core/access/actor';
import { type Action, keyAllows, POLICY, roleAllows, type Scope } from '#core/access/policy';

/** No lesser key may have it: it could make others, and there would be no end of keys that end with one another. */
export const NEVER_LESSER: Scope = 'keys:write';

interface Scoped {
  scopes: readonly string[];
  parent: { scopes: readonly string[] } | null;
}

/** The scopes that a key has in fact: a lesser key never more than the key that made it has now. Its creator's role is another bound. */
export function heldScopes({ scopes, parent }: Scoped): readonly string[] {
  if (!parent) return scopes;
  return scopes.filter((scope) => scope !== NEVER_LESSER && parent.scopes.includes(scope));
}

/** Of the scopes that a key has, those that its creator's role carries whole. */
export function effectiveScopes({ scopes, ceiling }: Pick<ApiKeyActor, 'scopes' | 'ceiling'>): string[] {
  const carries = (scope: string): boolean =>
    ACTIONS.every((action) => !keyAllows([scope], 'OWNER', action) || roleAllows(ceiling, action));
  return scopes.filter(carries);
}

const ACTIONS = Object.keys(POLICY) as Action[];
