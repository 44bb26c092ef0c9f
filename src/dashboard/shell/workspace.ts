import { createContext, use } from 'react';
import type { Role, ViewerQuery, WorkspaceFieldsFragment } from '../generated/graphql.ts';
import { type Action, isAllowed } from './roles.ts';

export type Viewer = NonNullable<ViewerQuery['viewer']>;

export interface Shown {
  viewer: Viewer;
  workspace: WorkspaceFieldsFragment;
  role: Role | null;
  /** Whether to offer it; the server decides again. */
  can: (action: Action) => boolean;
}

const Context = createContext<Shown | null>(null);
export const ShownProvider = Context.Provider;

/** The workspace in the address, and who looks at it. */
export function useShown(): Shown {
  const shown = use(Context);
  if (!shown) throw new Error('This component belongs inside the shell.');
  return shown;
}

export function shownOf(viewer: Viewer, workspace: WorkspaceFieldsFragment): Shown {
  const role = workspace.viewerRole ?? null;
  return { viewer, workspace, role, can: (action) => isAllowed(role, action) };
}
