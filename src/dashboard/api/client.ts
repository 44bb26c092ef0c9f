import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import type { GraphQLFormattedError } from 'graphql';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { refresh } from './refreshes.ts';
import { whenAnswered } from './sign-in.ts';
import { socket } from './socket.ts';
import { USER_ERRORS } from './user-errors.ts';

/** Types without an id live inside the object that has them. */
const EMBEDDED = [
  'ActivityChange',
  'AlertFiring',
  'ApiKeyCap',
  'ApiKeySpending',
  'AuditActor',
  'Balance',
  'BalanceChange',
  'DeletedWorkspace',
  'DeliveryReceived',
  'FeedBookmark',
  'FeedReset',
  'FeedSnapshot',
  'GrantDraw',
  'InboxHeader',
  'InboxReset',
  'InboxSnapshot',
  'IntegrationProviderKind',
  'IntegrationSetting',
  'IntegrationSettingKind',
  'LedgerEntry',
  'Operation',
  'Plan',
  'PreviousSecret',
  'Quote',
  'Runway',
  'Spending',
  'UsageChange',
  'UsageGroup',
  'UsageSeries',
  'UsageSummary',
  'UsageTotals',
  'WebhookAttempt',
  'WebhookEventKind',
];

const WORKSPACE_LISTS = ['alerts', 'apiKeys', 'inboxes', 'integrations', 'invitations', 'members', 'webhookEndpoints'];

/**
 * Once the answer is written, whatever is shown is read anew. Lists are not made invalid instead: one that is shown and
 * being read again just then would wait for ever.
 */
const readAnew = (): void => void setTimeout(refresh);

/** What a mutation makes or ends leaves lists behind that do not know it. */
const MUTATIONS = {
  createWorkspace: readAnew,
  deleteWorkspace: readAnew,
  restoreWorkspace: readAnew,
  leaveWorkspace: readAnew,
  acceptInvitation: readAnew,
  transferWorkspace: readAnew,
  createApiKey: readAnew,
  inviteMember: readAnew,
  resendInvitation: readAnew,
  revokeInvitation: readAnew,
  removeMember: readAnew,
  createWebhookEndpoint: readAnew,
  deleteWebhookEndpoint: readAnew,
  sendTestWebhook: readAnew,
  replayDeliveries: readAnew,
  createInbox: readAnew,
  deactivateInbox: readAnew,
  connectIntegration: readAnew,
  testIntegration: readAnew,
  disconnectIntegration: readAnew,
  createAlert: readAnew,
  updateAlert: readAnew,
  muteAlert: readAnew,
  testAlert: readAnew,
  deleteAlert: readAnew,
  revokeSession: readAnew,
  revokeOtherSessions: readAnew,
};

function cacheOfPage() {
  return cacheExchange({
    keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
    resolvers: { Workspace: Object.fromEntries(WORKSPACE_LISTS.map((list) => [list, relayPagination()])) },
    possibleTypes: { UserError: USER_ERRORS },
    updates: { Mutation: MUTATIONS },
  });
}

/** The page's only way to the API: the public schema over HTTP, and live streams over the socket. */
export function openClient({ onSignedOut }: { onSignedOut: () => void }): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
    exchanges: [
      mapExchange({
        onError(error) {
          if (isForNobody(error.graphQLErrors)) onSignedOut();
        },
      }),
      cacheOfPage(),
      fetchExchange,
      subscriptionExchange({ forwardSubscription }),
    ],
  });
}

type Forward = Parameters<typeof subscriptionExchange>[0]['forwardSubscription'];

/** In another tab of this browser the answer that brings the cookie of the next session may still be under way. */
const NEW_SESSION_PAUSE_MS = 1_500;

/**
 * Resumes by itself: the socket's client sends the same variables object anew on each connection, so where the last event
 * left off is written into it as `after`.
 */
const forwardSubscription: Forward = (request) => ({
  subscribe(sink) {
    const variables: Record<string, unknown> = { ...request.variables };
    const operation = { query: request.query ?? '', variables };
    let stop: (() => void) | undefined;
    let isOver = false;
    let isWaiting = false;
    const start = (): void => {
      stop = socket.subscribe(operation, {
        next(result) {
          if (isForNobody(result.errors)) return void goOn();
          const after = cursorOf(result.data);
          if (after !== null) variables['after'] = after;
          sink.next(result as Parameters<typeof sink.next>[0]);
        },
        error: (error) => (isEndOfSession(error) ? void goOn() : sink.error(error)),
        complete: () => (isWaiting ? undefined : sink.complete()),
      });
    };
    // A new password or a second factor ends the session, which is heard before the answer that brings the next one. Whoever
    // is signed in still goes on; for anybody else the viewer, read again, leads to signing in.
    const goOn = async (): Promise<void> => {
      if (isWaiting) return;
      isWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, NEW_SESSION_PAUSE_MS));
      await whenAnswered();
      isWaiting = false;
      if (isOver) return;
      refresh();
      start();
    };
    start();
    return {
      unsubscribe() {
        isOver = true;
        stop?.();
      },
    };
  },
});

/** Whether one of them says that nobody is signed in. */
function isForNobody(errors: readonly Pick<GraphQLFormattedError, 'extensions'>[] = []): boolean {
  return errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
}

function isEndOfSession(error: unknown): boolean {
  return error instanceof CloseEvent && (error.code === 4401 || error.code === 4403);
}

/** Each subscription has one root field, and each of its events says where it stands: by a cursor, or by a number. */
function cursorOf(data: Record<string, unknown> | null | undefined): string | null {
  const [event] = Object.values(data ?? {}) as { cursor?: unknown; seq?: unknown; number?: unknown }[];
  const cursor = event?.cursor ?? event?.seq ?? event?.number;
  return typeof cursor === 'string' ? cursor : null;
}
