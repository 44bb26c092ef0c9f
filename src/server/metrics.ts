import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type OperationKind = 'query' | 'mutation' | 'subscription' | 'invalid';

/** What the server counts. Labels are closed sets of ours; nothing a client names ever becomes one. */
export class Metrics {
  readonly registry = new Registry();
  readonly operations = new Histogram({
    name: 'commonpurse_operation_seconds',
    help: 'Duration of GraphQL operations; for subscriptions, until the stream is open.',
    labelNames: ['transport', 'kind', 'outcome'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });
  readonly events = new Counter({
    name: 'commonpurse_subscription_events_total',
    help: 'Events sent to subscribers.',
    registers: [this.registry],
  });
  readonly statesSkipped = new Counter({
    name: 'commonpurse_balance_states_skipped_total',
    help: 'Balance states that subscribers were not sent, since a newer one was.',
    registers: [this.registry],
  });
  readonly fellBehind = new Counter({
    name: 'commonpurse_subscribers_fell_behind_total',
    help: 'Times that a subscriber read more slowly than others who are sent the same, and went on by itself.',
    registers: [this.registry],
  });
  readonly rateLimited = new Counter({
    name: 'commonpurse_rate_limited_total',
    help: 'Operations refused because of too many requests, or too many wrong credentials.',
    labelNames: ['transport'] as const,
    registers: [this.registry],
  });
  readonly inboxRequests = new Counter({
    name: 'commonpurse_inbox_requests_total',
    help: 'Requests to the addresses of inboxes, by the status they were answered with.',
    labelNames: ['status'] as const,
    registers: [this.registry],
  });
  readonly socketsClosed = new Counter({
    name: 'commonpurse_sockets_closed_total',
    help: 'Sockets that the server closed, by close code.',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });

  constructor({
    socketsOpen,
    workspacesWatched,
    cohorts,
  }: Record<'socketsOpen' | 'workspacesWatched' | 'cohorts', () => number>) {
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(gauge('commonpurse_sockets_open', 'Sockets open now.', socketsOpen));
    this.registry.registerMetric(
      gauge('commonpurse_workspaces_watched', 'Workspaces that somebody follows live now.', workspacesWatched),
    );
    this.registry.registerMetric(
      gauge(
        'commonpurse_cohorts',
        'Groups of subscribers on sockets that are sent the same, run once for all.',
        cohorts,
      ),
    );
  }
}

/** A gauge that is read when it is asked for. */
function gauge(name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
}
