import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useReading } from '../api/reading.ts';
import { ViewerDocument, WorkspaceBySlugDocument } from '../generated/graphql.ts';
import { useConnection } from '../live/balance-feed.ts';
import { Button } from '../ui/button.tsx';
import { FaultNote, Skeleton, SkeletonRows } from '../ui/states.tsx';
import { Header } from './header.tsx';
import { NavigationSheet, SideNavigation } from './navigation.tsx';
import { leaveToSignIn, rememberWorkspace, useGo, useParam } from './places.ts';
import { useShortcuts } from './shortcuts.ts';
import { shownOf, ShownProvider } from './workspace.ts';

const OverlayDialogs = lazy(async () => ({ default: (await import('./overlay-dialogs.tsx')).OverlayDialogs }));

/** Everything around a page of a workspace. The workspace is the one in the address. */
export function Shell() {
  const slug = useParam('slug');
  const viewing = useReading(ViewerDocument, {});
  const viewer = viewing.data?.viewer;
  const listed = viewer?.workspaces.find((one) => one.slug === slug);
  // The list of the viewer ends at 100.
  const one = useReading(WorkspaceBySlugDocument, { slug }, { isPaused: !viewer || listed !== undefined });
  const found = one.data?.workspace;
  const workspace = listed ?? (found?.slug === slug ? found : null);
  useEffect(() => {
    if (viewing.data && viewing.data.viewer === null) leaveToSignIn();
  }, [viewing.data]);
  useEffect(() => {
    if (workspace) rememberWorkspace(workspace.slug);
  }, [workspace]);
  if (viewer && workspace) {
    return (
      // A component of one workspace never shows another one's state.
      <ShownProvider value={shownOf(viewer, workspace)}>
        <Frame key={workspace.id} />
      </ShownProvider>
    );
  }
  const { fault, again } = viewing.fault ? viewing : one;
  if (fault) return <FaultNote fault={fault} again={again} className="m-6" />;
  return viewer && one.data ? <NoSuchWorkspace /> : <FrameSkeleton />;
}

function Frame() {
  useShortcuts();
  return (
    <>
      <a
        href="#content"
        className="floating fixed left-2 top-2 z-50 -translate-y-20 px-3 py-2 font-medium focus-visible:translate-y-0"
      >
        Skip to content
      </a>
      <Header />
      <ConnectionNote />
      <div className="flex">
        <SideNavigation />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <NavigationSheet />
      <Suspense>
        <OverlayDialogs />
      </Suspense>
    </>
  );
}

/** Only after three seconds: most interruptions are shorter. */
function ConnectionNote() {
  if (useConnection() !== 'RECONNECTING') return null;
  return (
    <p role="status" className="late border-b bg-warning-soft px-4 py-1.5 text-center text-[13px] text-warning">
      The live connection is interrupted. Reconnecting; nothing that happens meanwhile is lost.
    </p>
  );
}

function PageSkeleton() {
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-5 px-4 py-6 sm:px-6 lg:py-8">
      <Skeleton className="h-7 w-40" />
      <SkeletonRows />
    </div>
  );
}

function FrameSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="flex h-13 items-center gap-3 border-b px-4">
        <Skeleton className="h-6 w-40" />
        <Skeleton className="ml-auto h-6 w-28" />
      </div>
      <PageSkeleton />
    </div>
  );
}

function NoSuchWorkspace() {
  const go = useGo();
  return (
    <main className="grid min-h-[70dvh] place-content-center justify-items-center gap-2 px-6 text-center">
      <h1 className="text-xl font-semibold">No such workspace</h1>
      <p className="max-w-md text-pretty text-muted-foreground">
        It was deleted, or you are not a member of it. Ask whoever sent you the link to invite you.
      </p>
      <Button className="mt-3" onClick={() => go('/')}>
        To your workspaces
      </Button>
    </main>
  );
}
