import { cacheExchange, type Cache, type DataFields } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { isNewer } from './seq.ts';
import { socket } from './socket.ts';

/** Types without an id live inside the object that has them. */
const EMBEDDED = [
  'ApiKeyCap',
  'AuditActor',
  'Balance',
  'BalanceChange',
  'DeletedWorkspace',
  'FeedReset',
  'FeedSnapshot',
  'GrantDraw',
  'LedgerEntry',
  'Operation',
  'Plan',
  'PreviousSecret',
  'Quote',
  'UsageChange',
];

const WORKSPACE_LISTS = ['apiKeys', 'auditLog', 'grants', 'holds', 'invitations', 'ledger', 'members', 'usage'];

/** Forgets a list of a workspace, so that whoever shows it reads it again. */
function forget(cache: Cache, list: string): void {
  for (const { parentKey, fieldKey } of workspaceFields(cache)) {
    if (fieldKey.startsWith(`${list}(`) || fieldKey === list) cache.invalidate(parentKey, fieldKey);
  }
}

function workspaceFields(cache: Cache): { parentKey: string; fieldKey: string }[] {
  const roots = cache.inspectFields('Query').filter(({ fieldName }) => fieldName === 'workspace');
  const keys = new Set(roots.map(({ fieldKey }) => cache.resolve('Query', fieldKey)));
  return [...keys].flatMap((parentKey) =>
    typeof parentKey === 'string'
      ? cache.inspectFields(parentKey).map(({ fieldKey }) => ({ parentKey, fieldKey }))
      : [],
  );
}

const forgetting =
  (...lists: string[]) =>
  (_result: DataFields, _args: unknown, cache: Cache): void => {
    for (const list of lists) forget(cache, list);
  };

const forgetViewer = (_result: DataFields, _args: unknown, cache: Cache): void => cache.invalidate('Query', 'viewer');

/** What a mutation makes or ends leaves lists behind that do not know it. */
const MUTATIONS = {
  createWorkspace: forgetViewer,
  deleteWorkspace: forgetViewer,
  restoreWorkspace: forgetViewer,
  leaveWorkspace: forgetViewer,
  acceptInvitation: forgetViewer,
  transferWorkspace: forgetting('members'),
  createApiKey: forgetting('apiKeys'),
  inviteMember: forgetting('invitations'),
  resendInvitation: forgetting('invitations'),
  revokeInvitation: forgetting('invitations'),
  removeMember: forgetting('members'),
  revokeSession: forgetViewer,
  revokeOtherSessions: forgetViewer,
};

function cacheOfPage() {
  return cacheExchange({
    keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
    resolvers: { Workspace: Object.fromEntries(WORKSPACE_LISTS.map((list) => [list, relayPagination()])) },
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
          if (error.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED')) onSignedOut();
        },
      }),
      cacheOfPage(),
      fetchExchange,
      subscriptionExchange({ forwardSubscription }),
    ],
  });
}

type Forward = Parameters<typeof subscriptionExchange>[0]['forwardSubscription'];

/**
 * Resumes by itself: the socket's client sends the same variables object anew on each connection, so the last seq is
 * written into it as `after`.
 */
const forwardSubscription: Forward = (request) => ({
  subscribe(sink) {
    const variables: Record<string, unknown> = { ...request.variables };
    const query = request.query ?? '';
    const unsubscribe = socket.subscribe(
      { query, variables },
      {
        next(result) {
          const seq = seqOf(result.data);
          if (seq !== null && isNewer(seq, variables['after'])) variables['after'] = seq;
          sink.next(result as Parameters<typeof sink.next>[0]);
        },
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      },
    );
    return { unsubscribe };
  },
});

/** Each subscription has one root field, and each of its events carries the number of its decision. */
function seqOf(data: Record<string, unknown> | null | undefined): string | null {
  const [event] = Object.values(data ?? {}) as { seq?: unknown }[];
  return typeof event?.seq === 'string' ? event.seq : null;
}
