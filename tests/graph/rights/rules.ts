import { type Action, POLICY, type Role } from '#core/access/policy';

/** How a caller stands to the workspace under test. */
export type Standing =
  | { is: 'member'; role: Role }
  | { is: 'key'; ceiling: Role; scopes: readonly string[] }
  | { is: 'operator' }
  | { is: 'outsider'; by: 'session' | 'key' }
  | { is: 'nobody' };

/** How a cell ends: `ok` is anything but a refusal of rights, `null` is an object that does not exist for the caller. */
export type Outcome = 'ok' | 'null' | 'NOT_FOUND' | 'FORBIDDEN' | 'UNAUTHENTICATED';
export type Rule = (standing: Standing) => Outcome;

/** The table read anew, so that a fault in the functions that the product reads it with shows. */
function may(standing: Standing, action: Action): boolean {
  const { roles, scopes, operator }: { roles: readonly string[]; scopes: readonly string[]; operator: boolean } =
    POLICY[action];
  switch (standing.is) {
    case 'member':
      return roles.includes(standing.role);
    case 'key':
      return roles.includes(standing.ceiling) && scopes.some((scope) => standing.scopes.includes(scope));
    case 'operator':
      return operator;
    case 'outsider':
    case 'nobody':
      return false;
  }
}

export const isOutside = ({ is }: Standing): boolean => is === 'outsider' || is === 'nobody';

/** A read: to outsiders the object does not exist. */
export const needs =
  (action: Action): Rule =>
  (standing) =>
    may(standing, action) ? 'ok' : isOutside(standing) ? 'null' : 'FORBIDDEN';

/** Null, not an error, for insiders without the right. */
export const hides =
  (action: Action): Rule =>
  (standing) =>
    may(standing, action) ? 'ok' : 'null';

/** A write or a subscription: its answer has no null. */
export const permits =
  (action: Action): Rule =>
  (standing) => {
    if (may(standing, action)) return 'ok';
    if (standing.is === 'nobody') return 'UNAUTHENTICATED';
    return standing.is === 'outsider' ? 'NOT_FOUND' : 'FORBIDDEN';
  };

/** Both, the first refusal counts. */
export const both =
  (...rules: readonly Rule[]): Rule =>
  (standing) =>
    rules.map((rule) => rule(standing)).find((outcome) => outcome !== 'ok') ?? 'ok';

export const anyone: Rule = () => 'ok';
/** The one asked for is somebody else, whose secret it is. */
export const nobodyElse: Rule = () => 'FORBIDDEN';
export const kept: Rule = () => 'null';
export const somebody: Rule = ({ is }) => (is === 'nobody' ? 'UNAUTHENTICATED' : 'ok');
export const operators: Rule = ({ is }) =>
  is === 'operator' ? 'ok' : is === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
export const isUser = (standing: Standing): boolean =>
  standing.is === 'member' || (standing.is === 'outsider' && standing.by === 'session');
export const isKey = (standing: Standing): boolean =>
  standing.is === 'key' || (standing.is === 'outsider' && standing.by === 'key');
export const users: Rule = (standing) =>
  isUser(standing) ? 'ok' : standing.is === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN';

/** Only keys spend, an outsider's from its own workspace; an operator names a customer's key. */
export const spendersBy =
  (action: Action): Rule =>
  (standing) =>
    isUser(standing) ? 'FORBIDDEN' : standing.is === 'outsider' ? 'ok' : permits(action)(standing);

/** A hold is the business of the key that opened it, which none of these is, and of operators. */
export const holders: Rule = (standing) => {
  const outcome = permits('holds:write')(standing);
  if (outcome !== 'ok' || standing.is === 'operator') return outcome;
  return standing.is === 'key' ? 'NOT_FOUND' : 'FORBIDDEN';
};
