import { UserPlus, Users } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useAddress } from '../api/address.ts';
import { useReading } from '../api/reading.ts';
import { InvitationsDocument, type MemberFieldsFragment, MembersDocument } from '../generated/graphql.ts';
import { onHint } from '../live/hints.ts';
import { placeOf, useGo } from '../shell/places.ts';
import { useShown } from '../shell/workspace.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { invitationColumnsOf, memberColumnsOf } from './members/columns.tsx';
import { InviteDialog } from './members/invite.tsx';
import { RemoveMemberDialog } from './members/remove.tsx';

const PAGE_SIZE = 50;

export function MembersPage() {
  const { workspace, can } = useShown();
  const [{ invite }] = useAddress();
  const go = useGo();
  const here = placeOf(workspace.slug, 'members');
  const mayInvite = can('members:invite');
  return (
    <Page
      title="Members"
      about="Whoever is here sees the balance, the usage and the keys. Roles say what they may change."
      workspaceName={workspace.name}
      action={
        mayInvite && (
          <Button data-create onClick={() => go(here, { invite: true })}>
            <UserPlus aria-hidden /> Invite
          </Button>
        )
      }
    >
      <MemberList />
      <InvitationList />
      <InviteDialog isOpen={invite !== undefined && mayInvite} onClose={() => go(here)} />
    </Page>
  );
}

function MemberList() {
  const shown = useShown();
  const [after, setAfter] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<MemberFieldsFragment | null>(null);
  const reading = useReading(MembersDocument, { workspaceId: shown.workspace.id, first: PAGE_SIZE, after });
  useEffect(() => onHint(reading.again), [reading.again]);
  const columns = useMemo(() => memberColumnsOf(shown, setLeaving), [shown]);
  const connection = reading.data?.workspace?.members;
  const { hasNextPage, endCursor } = connection?.pageInfo ?? {};
  return (
    <>
      <DataTable
        label="Members"
        columns={columns}
        rows={connection?.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        reading={reading}
        more={hasNextPage === true ? () => setAfter(endCursor ?? null) : undefined}
        empty={
          <EmptyState icon={Users} title="Nobody is here">
            Reload the page to see who is.
          </EmptyState>
        }
      />
      {leaving && <RemoveMemberDialog member={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

/** Shown only while somebody is waited for. */
function InvitationList() {
  const { workspace, can } = useShown();
  const [after, setAfter] = useState<string | null>(null);
  const reading = useReading(InvitationsDocument, { workspaceId: workspace.id, first: PAGE_SIZE, after });
  useEffect(() => onHint(reading.again), [reading.again]);
  const columns = useMemo(() => invitationColumnsOf(can('members:invite')), [can]);
  const connection = reading.data?.workspace?.invitations;
  const { hasNextPage, endCursor } = connection?.pageInfo ?? {};
  const rows = connection?.edges.map(({ node }) => node);
  if (!reading.fault && (rows === undefined || rows.length === 0)) return null;
  return (
    <section aria-labelledby="invitations" className="mt-2 grid gap-3">
      <h2 id="invitations" className="font-semibold">
        Invited, not here yet
      </h2>
      <DataTable
        label="Open invitations"
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        reading={reading}
        more={hasNextPage === true ? () => setAfter(endCursor ?? null) : undefined}
        empty={null}
      />
    </section>
  );
}
