import { type Role, roleAllows, ROLES } from '#core/access/policy';

/** Whether a role carries no more than another: nobody gives, or takes away, more than they have. */
export function isWithin(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(other);
}

/** Whether a member may have this role given to somebody by invitation. */
export function mayInvite({ role: own, removedAt }: { role: Role; removedAt: Date | null }, role: Role): boolean {
  return removedAt === null && roleAllows(own, 'members:invite') && isWithin(role, own);
}
