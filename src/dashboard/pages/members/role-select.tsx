import { toast } from 'sonner';
import { useAction } from '../../api/acting.ts';
import { ChangeMemberRoleDocument, type MemberFieldsFragment, type Role } from '../../generated/graphql.ts';
import { ROLE_NAMES } from '../../shell/roles.ts';
import { Select } from '../../ui/field.tsx';

/** The roles that a role may give: nobody raises another above themselves. */
export function rolesBelow(role: Role | null): Role[] {
  const all: Role[] = ['OWNER', 'ADMIN', 'MEMBER', 'VIEWER'];
  return role === null ? [] : all.slice(all.indexOf(role));
}

export function RoleSelect({ member, viewerRole }: { member: MemberFieldsFragment; viewerRole: Role | null }) {
  const [change, isRunning] = useAction(ChangeMemberRoleDocument);
  const run = async (role: Role): Promise<void> => {
    const before = member.role;
    const { payload, refusal } = await change({ input: { memberId: member.id, role } });
    if (refusal) toast.error(refusal.message);
    if (!payload) return;
    toast.success(`${member.user.name} is ${ROLE_NAMES[role].toLowerCase()} now`, {
      action: { label: 'Undo', onClick: () => void change({ input: { memberId: member.id, role: before } }) },
    });
  };
  return (
    <Select
      aria-label={`Role of ${member.user.name}`}
      className="h-8 w-28 pr-2"
      disabled={isRunning}
      value={member.role}
      onChange={({ target }) => void run(target.value as Role)}
    >
      {rolesBelow(viewerRole).map((role) => (
        <option key={role} value={role}>
          {ROLE_NAMES[role]}
        </option>
      ))}
    </Select>
  );
}
