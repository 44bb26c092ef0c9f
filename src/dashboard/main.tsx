import { CSPProvider } from '@base-ui/react/csp-provider';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { openClient } from './api/client.ts';
import { router } from './router.tsx';
import { preloadPage } from './shell/pages.ts';
import { leaveToSignIn, pageIn } from './shell/places.ts';
import './styles.css';

const RELOAD_PAUSE_MS = 60_000;

// A newer version of the dashboard was deployed, and the parts of this one are gone. Where it is not that, once is enough.
addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem('reloadedAt'));
  if (Date.now() - last < RELOAD_PAUSE_MS) return;
  sessionStorage.setItem('reloadedAt', String(Date.now()));
  location.reload();
});

preloadPage(pageIn(location.pathname));
const client = openClient({ onSignedOut: leaveToSignIn });
const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <Provider value={client}>
          <RouterProvider router={router} />
        </Provider>
      </CSPProvider>
    </StrictMode>,
  );
}
