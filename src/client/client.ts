import { type RetryOptions, type RetryPolicy, retryPolicyOf } from './backoff.ts';
import { CommonpurseError, payloadOf } from './errors.ts';
import { type BalanceEvent, balanceFeed, type UsageEvent, usageFeed } from './feeds.ts';
import {
  ApiKeyDocument,
  type ApiKeyFieldsFragment,
  ApiKeysDocument,
  BalanceDocument,
  GrantCreditsDocument,
  type GrantCreditsInput,
  type GrantCreditsMutation,
  type OperationFieldsFragment,
  OperationsDocument,
  RecordUsageDocument,
  RevokeApiKeyDocument,
  SetOperationDocument,
  type SetOperationInput,
  UsageDocument,
  type UsageFilter,
  WorkspaceDocument,
  type WorkspaceFieldsFragment,
  WorkspacesDocument,
} from './generated/graphql.ts';
import { itemsOf, type Page, type PageQuery, pageOf } from './pages.ts';
import { createRequester, type RequestOptions, type SendRequest } from './requests.ts';
import { openSocket, type Socket } from './socket.ts';
import { follow, type WatchOptions } from './streams.ts';
import {
  type Balance,
  type Keyless,
  type UsageEntry,
  type RecordedUsage,
  recordedUsageOf,
  type RecordUsageInput,
  withIdempotencyKey,
} from './usage.ts';

export type ApiKey = ApiKeyFieldsFragment;
export type Operation = OperationFieldsFragment;
export type Workspace = WorkspaceFieldsFragment;
export type GrantedCredits = Extract<GrantCreditsMutation['grantCredits'], { __typename: 'GrantCreditsPayload' }>;

export type ClientOptions = ({ apiKey: string } | { operatorToken: string }) & {
  /** Where Commonpurse runs, such as "https://purse.example.com". */
  url: string | URL;
  /** Instead of the platform's fetch. */
  fetch?: typeof fetch | undefined;
  /** A WebSocket class for the watch methods where the platform has none: before Node 22, that of the ws package. */
  webSocketImpl?: unknown;
  retry?: RetryOptions | undefined;
  /** For one attempt of a request. Default 10,000. */
  timeoutMs?: number | undefined;
};

/** Which workspace; an API key implies its own, an operator names one. */
export interface WorkspaceChoice extends RequestOptions {
  workspaceId?: string | undefined;
}

export type UsageQuery = WorkspaceChoice & PageQuery & { filter?: UsageFilter | undefined };

/**
 * A client of one Commonpurse with one credential. Requests whose outcome is unknown are repeated, mutations with the
 * same idempotency key; what fails for good is thrown as CommonpurseError.
 */
export function createClient(options: ClientOptions): CommonpurseClient {
  return new CommonpurseClient(options);
}

const TIMEOUT_MS = 10_000;

class CommonpurseClient {
  /** Sends an operation of your own, typed by its document. A mutation must carry an idempotency key: it may be repeated. */
  readonly request: SendRequest;
  readonly #openSocket: () => Socket;
  readonly #retry: RetryPolicy;
  #socket: Socket | undefined;

  constructor(options: ClientOptions) {
    const { url, webSocketImpl, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch } = options;
    const credential = 'apiKey' in options ? options.apiKey : options.operatorToken;
    const endpoint = new URL('graphql', withTrailingSlash(url));
    this.#retry = retryPolicyOf(options.retry);
    this.request = createRequester({ endpoint, credential, fetch, retry: this.#retry, timeoutMs });
    this.#openSocket = () => openSocket({ endpoint, credential, webSocketImpl });
  }

  /**
   * Logs one metered call and charges it, exactly once per idempotency key. Too little credit is an answer with
   * `ok: false`. An operator names the customer's key as `apiKey`.
   */
  async recordUsage(input: RecordUsageInput, options?: RequestOptions): Promise<RecordedUsage> {
    return withIdempotencyKey(input, async (keyed) => {
      const { recordUsage } = await this.request(RecordUsageDocument, { input: keyed }, options);
      return recordedUsageOf(recordUsage, keyed.idempotencyKey);
    });
  }

  async balance({ workspaceId, ...options }: WorkspaceChoice = {}): Promise<Balance> {
    const { workspace } = await this.request(BalanceDocument, { workspaceId }, options);
    return found(workspace).balance;
  }

  /** The metered calls, newest first, page after page. */
  usage(query: UsageQuery = {}): AsyncIterableIterator<UsageEntry> {
    return itemsOf((page) => this.usagePage({ ...query, ...page }), query);
  }

  async usagePage({ workspaceId, first, after, filter, ...options }: UsageQuery = {}): Promise<Page<UsageEntry>> {
    const { workspace } = await this.request(UsageDocument, { workspaceId, first, after, filter }, options);
    return pageOf(found(workspace).usage);
  }

  /** The price list by name. */
  async operations(options?: RequestOptions): Promise<Operation[]> {
    return (await this.request(OperationsDocument, {}, options)).operations;
  }

  /** The API key that this client sends; null for an operator. */
  async apiKey(options?: RequestOptions): Promise<ApiKey | null> {
    return (await this.request(ApiKeyDocument, {}, options)).apiKey;
  }

  /** The keys of a workspace, newest first, revoked ones included. */
  apiKeys({ workspaceId, signal, ...query }: WorkspaceChoice & PageQuery = {}): AsyncIterableIterator<ApiKey> {
    return itemsOf(async (page) => {
      const { workspace } = await this.request(ApiKeysDocument, { workspaceId, ...page }, { signal });
      return pageOf(found(workspace).apiKeys);
    }, query);
  }

  /** Ends a key at once and for ever. Repeating it changes nothing. */
  async revokeApiKey(apiKeyId: string, options?: RequestOptions): Promise<ApiKey> {
    const { revokeApiKey } = await this.request(RevokeApiKeyDocument, { input: { apiKeyId } }, options);
    return payloadOf(revokeApiKey).apiKey;
  }

  /** One workspace by id or slug, or the key's own; null when it does not exist for this credential. */
  async workspace({
    id,
    slug,
    ...options
  }: RequestOptions & { id?: string; slug?: string } = {}): Promise<Workspace | null> {
    return (await this.request(WorkspaceDocument, { id, slug }, options)).workspace;
  }

  /** All workspaces, newest first. Operators only. */
  workspaces({
    search,
    signal,
    ...query
  }: RequestOptions & PageQuery & { search?: string } = {}): AsyncIterableIterator<Workspace> {
    return itemsOf(async (page) => {
      const { workspaces } = await this.request(WorkspacesDocument, { search, ...page }, { signal });
      return pageOf(workspaces);
    }, query);
  }

  /** Adds credits to a workspace, exactly once per idempotency key. Operators only. */
  async grantCredits(input: Keyless<GrantCreditsInput>, options?: RequestOptions): Promise<GrantedCredits> {
    return withIdempotencyKey(input, async (keyed) => {
      const { grantCredits } = await this.request(GrantCreditsDocument, { input: keyed }, options);
      return payloadOf(grantCredits);
    });
  }

  /** Creates an operation or changes its price. Operators only. */
  async setOperation(input: SetOperationInput, options?: RequestOptions): Promise<Operation> {
    const { setOperation } = await this.request(SetOperationDocument, { input }, options);
    return payloadOf(setOperation).operation;
  }

  /** The live balance: its state, then every change. Survives lost connections. */
  watchBalance(options: WatchOptions = {}): AsyncIterableIterator<BalanceEvent> {
    return follow(this.#transport(), balanceFeed, options);
  }

  /** The live log: every metered call once and in order. Survives lost connections. */
  watchUsage(options: WatchOptions = {}): AsyncIterableIterator<UsageEvent> {
    return follow(this.#transport(), usageFeed, options);
  }

  #transport(): { socket: Socket; retry: RetryPolicy } {
    this.#socket ??= this.#openSocket();
    return { socket: this.#socket, retry: this.#retry };
  }
}

export type { CommonpurseClient };

function withTrailingSlash(url: string | URL): string {
  return url.toString().replace(/\/*$/, '/');
}

function found<Found>(value: Found | null): Found {
  if (value === null) throw new CommonpurseError('NOT_FOUND', 'This workspace does not exist for this credential.');
  return value;
}
