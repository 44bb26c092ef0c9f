import { UserMinus } from 'lucide-react';
import type { InvitationFieldsFragment, MemberFieldsFragment } from '../../generated/graphql.ts';
import { ROLE_NAMES } from '../../shell/roles.ts';
import type { Shown } from '../../shell/workspace.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { ListColumn } from '../../ui/data-table.tsx';
import { Time } from '../../ui/time.tsx';
import { InvitationButtons } from './invitation-buttons.tsx';
import { RoleSelect } from './role-select.tsx';

export function memberColumnsOf(
  { viewer, role, can }: Shown,
  onLeave: (member: MemberFieldsFragment) => void,
): ListColumn<MemberFieldsFragment>[] {
  const isMe = ({ user }: MemberFieldsFragment): boolean => user.id === viewer.id;
  // An ADMIN cannot touch an OWNER.
  const isBeyond = (member: MemberFieldsFragment): boolean => member.role === 'OWNER' && role !== 'OWNER';
  return [
    {
      id: 'member',
      header: 'Member',
      cell: (member) => (
        <div className="grid min-w-0 grid-cols-1">
          <span className="flex items-center gap-2 font-medium">
            <span className="truncate">{member.user.name}</span>
            {isMe(member) && <Badge>You</Badge>}
          </span>
          <span className="truncate text-xs text-muted-foreground">{member.user.email}</span>
        </div>
      ),
    },
    {
      id: 'role',
      header: 'Role',
      cell: (member) =>
        can('members:changeRole') && !isMe(member) && !isBeyond(member) ? (
          <RoleSelect member={member} viewerRole={role} />
        ) : (
          ROLE_NAMES[member.role]
        ),
    },
    { id: 'joined', header: 'Joined', from: 'sm', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      id: 'leave',
      header: 'Leave or remove',
      isUnlabelled: true,
      cell: (member) =>
        isMe(member) || (can('members:remove') && !isBeyond(member)) ? (
          <div className="flex justify-end">
            <Button
              variant="ghost"
              size="sm"
              className="text-muted-foreground"
              aria-label={isMe(member) ? 'Leave the workspace' : `Remove ${member.user.name}`}
              onClick={() => onLeave(member)}
            >
              <UserMinus aria-hidden />
              <span className="hidden sm:inline">{isMe(member) ? 'Leave' : 'Remove'}</span>
            </Button>
          </div>
        ) : null,
    },
  ];
}

export function invitationColumnsOf(mayInvite: boolean): ListColumn<InvitationFieldsFragment>[] {
  const columns: ListColumn<InvitationFieldsFragment>[] = [
    {
      id: 'email',
      header: 'Address',
      cell: ({ email, expiresAt }) => (
        <div className="grid min-w-0 grid-cols-1">
          <span className="truncate font-medium">{email}</span>
          <span className="text-xs text-muted-foreground">
            {Date.parse(expiresAt) < Date.now() ? (
              'Too old to accept: send it again'
            ) : (
              <>
                Can be accepted until <Ends at={expiresAt} />
              </>
            )}
          </span>
        </div>
      ),
    },
    { id: 'role', header: 'Role', cell: ({ role }) => ROLE_NAMES[role] },
    {
      id: 'sent',
      header: 'Sent',
      from: 'sm',
      cell: ({ createdAt, invitedBy }) => (
        <div className="grid">
          <Time at={createdAt} />
          <span className="text-xs text-muted-foreground">by {invitedBy.user.name}</span>
        </div>
      ),
    },
  ];
  if (!mayInvite) return columns;
  return [
    ...columns,
    {
      id: 'buttons',
      header: 'Actions',
      isUnlabelled: true,
      cell: (invitation) => <InvitationButtons invitation={invitation} />,
    },
  ];
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

function Ends({ at }: { at: string }) {
  return <time dateTime={at}>{day.format(Date.parse(at))}</time>;
}
