import { Navigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useReading } from '../api/reading.ts';
import { ViewerDocument } from '../generated/graphql.ts';
import { CreateWorkspaceForm } from '../shell/create-workspace.tsx';
import { leaveToSignIn, placeOf, rememberedWorkspace } from '../shell/places.ts';
import { FormPage } from '../ui/form-page.tsx';
import { FaultNote } from '../ui/states.tsx';
import { DeletedWorkspaces } from './settings/deleted-workspaces.tsx';

/** Leads to the workspace that was shown last, or to the oldest; whoever has none makes one here. */
export function HomePage() {
  const { data, fault, again } = useReading(ViewerDocument, {});
  const viewer = data?.viewer;
  useEffect(() => {
    if (data && data.viewer === null) leaveToSignIn();
  }, [data]);
  if (fault) return <FaultNote fault={fault} again={again} className="m-6" />;
  if (!viewer) return null;
  const last = rememberedWorkspace();
  const workspace = viewer.workspaces.find(({ slug }) => slug === last) ?? viewer.workspaces[0];
  if (workspace) return <Navigate to={placeOf(workspace.slug)} replace />;
  return (
    <FormPage title="You are in no workspace" about="Create one, or open the link of an invitation.">
      <CreateWorkspaceForm />
      <DeletedWorkspaces />
    </FormPage>
  );
}
