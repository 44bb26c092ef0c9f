import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from '@tanstack/react-router';
import { Toaster } from 'sonner';
import { NotFoundPage } from './pages/not-found.tsx';
import { HOME } from './shell/home.ts';
import { PAGES } from './shell/pages.ts';
import { Shell } from './shell/shell.tsx';
import { useTheme } from './shell/theme.ts';

function Root() {
  const { isDark } = useTheme();
  return (
    <>
      <Outlet />
      <Toaster theme={isDark ? 'dark' : 'light'} position="bottom-right" closeButton />
    </>
  );
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });

const home = () => import('./pages/home.tsx');
const forms = () => import('./pages/sign-in.tsx');
const recovery = () => import('./pages/password-reset.tsx');
const invitations = () => import('./pages/invitation.tsx');

const workspace = createRoute({ getParentRoute: () => root, path: '/w/$slug', component: Shell });

const routes = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(home, 'HomePage') }),
  createRoute({ getParentRoute: () => root, path: '/sign-in', component: lazyRouteComponent(forms, 'SignInPage') }),
  createRoute({ getParentRoute: () => root, path: '/sign-up', component: lazyRouteComponent(forms, 'SignUpPage') }),
  createRoute({
    getParentRoute: () => root,
    path: '/forgot-password',
    component: lazyRouteComponent(recovery, 'ForgotPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reset-password',
    component: lazyRouteComponent(recovery, 'ResetPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/invitations/$token',
    component: lazyRouteComponent(invitations, 'InvitationPage'),
  }),
  workspace.addChildren([
    createRoute({
      getParentRoute: () => workspace,
      path: '/',
      component: () => <Navigate to={HOME} from="/w/$slug" replace />,
    }),
    ...PAGES.map(({ path, Component }) => createRoute({ getParentRoute: () => workspace, path, component: Component })),
  ]),
]);

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: NotFoundPage,
});
