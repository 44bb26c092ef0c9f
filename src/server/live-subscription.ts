import { execute, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { DomainError } from '#core/errors';
import type { Ended, LiveEvent, LiveStream } from '#graph/subscriptions';
import type { Caller } from '#server/callers';
import { cohortKey, onceForCohort } from '#server/cohorts';
import type { Metrics } from '#server/metrics';
import { presentError, stampRequestId } from '#server/presented-errors';
import { wireResult } from '#server/wire-result';

export interface LiveSubscriptionOptions {
  args: ExecutionArgs;
  caller: Caller;
  log: Logger;
  metrics: Metrics;
}

/** One subscriber's operation over its stream: runs each event in a context of its own, once for all who are sent the same. */
export class LiveSubscription {
  readonly stream: LiveStream;
  /** Names all who are sent the same as this one, once they have come as far: their credential, document and variables. */
  readonly cohort: string;
  readonly #options: LiveSubscriptionOptions;
  readonly #key: string;

  constructor(stream: LiveStream, options: LiveSubscriptionOptions) {
    this.stream = stream;
    this.#options = options;
    this.#key = cohortKey(options.args);
    this.cohort = `${options.caller.credential} ${this.#key}`;
  }

  /** What this subscriber gets of an event. Rejects when its right to hear it is gone. */
  async resultOf(event: LiveEvent): Promise<ExecutionResult> {
    const access = await this.stream.recheck();
    const key = `${event.event.type} ${this.#key}`;
    return onceForCohort({ access, origin: event.origin, key }, async () =>
      execute({ ...this.#options.args, rootValue: event, contextValue: await this.stream.contextFor(access) }),
    );
  }

  /** What a stream ends with: why its rights are over, or a fault. Thrown on, that would pass the masking by and cut the connection. */
  async lastResult(error: unknown): Promise<ExecutionResult> {
    if (error instanceof DomainError) {
      const event: Ended = { type: 'Ended', error };
      return execute({ ...this.#options.args, rootValue: { event } });
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

  /** Nothing else masks and logs what is sent past yoga. */
  #present(result: ExecutionResult): Buffer {
    const errors = result.errors?.map((error) => {
      const presented = presentError(error);
      stampRequestId(presented, { requestId: this.#options.caller.requestId, log: this.#options.log });
      return presented;
    });
    return Buffer.from(JSON.stringify(wireResult({ ...result, ...(errors && { errors }) })));
  }
}

/** A cohort is sent one result: it is put in text once. */
const payloads = new WeakMap<ExecutionResult, Buffer>();
