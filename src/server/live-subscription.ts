import { execute, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { DomainError } from '#core/errors';
import type { Ended, LiveEvent, LiveStream } from '#graph/subscriptions';
import { cohortKey, onceForCohort } from '#server/cohorts';
import type { Metrics } from '#server/metrics';
import { presentError, stampRequestId } from '#server/presented-errors';
import type { ServerContext } from '#server/server-context';
import { wireResult } from '#server/wire-result';

export interface LiveSubscriptionOptions {
  log: Logger;
  metrics: Metrics;
}

/** One subscriber's operation over its stream: runs each event in a context of its own, once for all who are sent the same. */
export class LiveSubscription {
  readonly stream: LiveStream;
  readonly #args: ExecutionArgs;
  readonly #options: LiveSubscriptionOptions;

  constructor(stream: LiveStream, { args, options }: { args: ExecutionArgs; options: LiveSubscriptionOptions }) {
    this.stream = stream;
    this.#args = args;
    this.#options = options;
  }

  /** Names all who are sent the same as this one, once they have come as far: their credential, document and variables. */
  get cohort(): string {
    return `${this.#caller.credential} ${cohortKey(this.#args)}`;
  }

  /** What this subscriber gets of an event. Rejects when its right to hear it is gone. */
  async resultOf(event: LiveEvent): Promise<ExecutionResult> {
    const access = await this.stream.recheck();
    const key = `${event.event.type} ${cohortKey(this.#args)}`;
    return onceForCohort({ access, origin: event.origin, key }, async () =>
      execute({ ...this.#args, rootValue: event, contextValue: await this.stream.contextFor(access) }),
    );
  }

  /** What a stream ends with: why its rights are over, or a fault. Thrown on, that would pass the masking by and cut the connection. */
  async lastResult(error: unknown): Promise<ExecutionResult> {
    if (error instanceof DomainError) {
      const event: Ended = { type: 'Ended', error };
      return execute({ ...this.#args, rootValue: { event } });
    }
    const originalError = error instanceof Error ? error : new Error(String(error));
    return { errors: [new GraphQLError(originalError.message, { originalError })] };
  }

  /** The result as a socket sends it. */
  async payloadOf(event: LiveEvent): Promise<Buffer> {
    const result = await this.resultOf(event);
    // What went wrong carries the id of a request: it is put in text each time.
    if (result.errors) return this.#present(result);
    const known = payloads.get(result);
    if (known) return known;
    const payload = Buffer.from(JSON.stringify(result));
    payloads.set(result, payload);
    return payload;
  }

  async lastPayload(error: unknown): Promise<Buffer> {
    return this.#present(await this.lastResult(error));
  }

  /** Counts an event that so many subscribers were sent. */
  count({ skipped = 0 }: LiveEvent, subscribers: number): void {
    this.#options.metrics.events.inc(subscribers);
    if (skipped > 0) this.#options.metrics.statesSkipped.inc(skipped * subscribers);
  }

  get #caller(): ServerContext['caller'] {
    return (this.#args.contextValue as ServerContext).caller;
  }

  /** Nothing else masks and logs what is sent past yoga. */
  #present(result: ExecutionResult): Buffer {
    const errors = result.errors?.map((error) => {
      const presented = presentError(error);
      stampRequestId(presented, { requestId: this.#caller.requestId, log: this.#options.log });
      return presented;
    });
    return Buffer.from(JSON.stringify(wireResult({ ...result, ...(errors && { errors }) })));
  }
}

/** A cohort is sent one result: it is put in text once. */
const payloads = new WeakMap<ExecutionResult, Buffer>();
