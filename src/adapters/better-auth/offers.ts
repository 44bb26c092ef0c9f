import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';

/** GET /auth/offers: which ways of signing in this server has beside the password, so that a page offers no other. */
export function offers(ways: { github: boolean }) {
  return {
    id: 'offers',
    endpoints: { listOffers: createAuthEndpoint('/offers', { method: 'GET' }, async (ctx) => ctx.json(ways)) },
  } satisfies BetterAuthPlugin;
}
