import { type DocumentNode, execute, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Access } from '#core/access/access';
import { DomainError, Unavailable } from '#core/errors';
import { onceReachable } from '#core/outage';
import type { Ended, LiveEvent, LiveStream } from '#graph/live-streams';
import type { Caller } from '#server/callers';
import { cohortKey, isPersonal, notePersonal, onceForCohort } from '#server/cohorts';
import type { Metrics } from '#server/metrics';
import { isOutage, presentError, stampRequestId } from '#server/presented-errors';
import type { RightsWatch } from '#server/rights-watch';
import { wireResult } from '#server/wire-result';

export interface LiveSubscriptionOptions {
  args: ExecutionArgs;
  caller: Caller;
  rights: RightsWatch;
  log: Logger;
  metrics: Metrics;
}

/** What a subscriber is sent of an event. */
interface Sent<Form> {
  sent: Form;
  /** Names all who are sent the same, by what they may do now. */
  cohort: string;
}

/** So often an event is run that the database does not answer in time, though it does answer. */
const TRIES_MAX = 3;

/** Who a subscriber is by now, and what that means. */
interface Standing {
  access: Access;
  rights: string;
  /** Whether the operation asks for what is its own. */
  isPersonal: boolean;
  /** Names all who are sent the same: the workspace, the rights there and the operation. */
  cohort: string;
}

/** One subscriber's operation over its stream: runs each event in a context of its own, once for all who are sent the same. */
export class LiveSubscription {
  readonly stream: LiveStream;
  readonly #options: LiveSubscriptionOptions;
  readonly #key: string;
  readonly #doubters = new Set<() => void>();
  #stopWatching: (() => void) | null = null;
  #doubts = 0;

  constructor(stream: LiveStream, options: LiveSubscriptionOptions) {
    this.stream = stream;
    this.#options = options;
    this.#key = cohortKey(options.args);
  }

  /** Names the one who subscribed, from where: who has the same name may do the same for as long as it does. */
  get credential(): string {
    return this.#options.caller.credential;
  }

  /** How often its rights may have changed while somebody listened for that. */
  get doubts(): number {
    return this.#doubts;
  }

  /** Calls whenever its rights may have changed, until the returned function is called. */
  onDoubt(listener: () => void): () => void {
    this.#stopWatching ??= this.#options.rights.watch({
      workspaceId: this.stream.workspaceId,
      sessionId: this.#options.caller.sessionId,
      doubt: () => {
        this.#doubts++;
        for (const doubter of this.#doubters) doubter();
      },
    });
    this.#doubters.add(listener);
    return () => {
      this.#doubters.delete(listener);
      if (this.#doubters.size > 0) return;
      this.#stopWatching?.();
      this.#stopWatching = null;
    };
  }

  /**
   * Names its cohort, once the database is there to ask. Rejects when its right to hear the stream is gone.
   * @param isWanted Whether anybody still waits for it.
   */
  async check(isWanted: () => boolean): Promise<string> {
    return (await onceReachable(() => this.#standing(), isWanted)).cohort;
  }

  /** What this subscriber gets of an event; while the database is away, nothing. Rejects when its right to hear it is gone. */
  resultOf(event: LiveEvent, isWanted: () => boolean): Promise<Sent<ExecutionResult>> {
    let failures = 0;
    // A database that is away cannot be asked about rights either; one that answers that takes too long for the rest.
    const onAway = (): boolean => ++failures < TRIES_MAX;
    return onceReachable(async () => {
      for (;;) {
        const doubts = this.#doubts;
        const standing = await this.#standing();
        const key = `${event.event.type} ${standing.cohort}`;
        const sent = await onceForCohort({ origin: event.origin, key }, () => this.#run(event, standing, onAway));
        // What was run by rights that may have gone meanwhile is for nobody yet.
        if (doubts !== this.#doubts) continue;
        // What turned out to be for one alone is not for the next, who has a name of its own by now.
        if (standing.isPersonal === isPersonal(this.#document, standing.rights))
          return { sent, cohort: standing.cohort };
      }
    }, isWanted);
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
  async payloadOf(event: LiveEvent, isWanted: () => boolean): Promise<Sent<Buffer>> {
    const { sent, cohort } = await this.resultOf(event, isWanted);
    return { sent: this.#payload(sent), cohort };
  }

  async lastPayload(error: unknown): Promise<Buffer> {
    return this.#present(await this.lastResult(error));
  }

  /** Counts an event that so many subscribers were sent. */
  count({ skipped = 0 }: LiveEvent, subscribers: number): void {
    this.#options.metrics.events.inc(subscribers);
    if (skipped > 0) this.#options.metrics.statesSkipped.inc(skipped * subscribers);
  }

  get #document(): DocumentNode {
    return this.#options.args.document;
  }

  async #standing(): Promise<Standing> {
    const access = await this.stream.recheck();
    await this.stream.contextFor(access);
    const { workspaceId } = this.stream;
    const rights = await access.rightsIn(workspaceId);
    const isOwn = isPersonal(this.#document, rights);
    const name = isOwn ? `personal ${access.identity} ${rights}` : rights;
    return { access, rights, isPersonal: isOwn, cohort: `${workspaceId} ${name} ${this.#key}` };
  }

  async #run(
    event: LiveEvent,
    { access, rights, isPersonal: isOwn }: Standing,
    onAway: () => boolean,
  ): Promise<ExecutionResult> {
    const onPersonal = (): void => notePersonal(this.#document, rights);
    const contextValue = await this.stream.contextFor(
      isOwn ? access : access.standIn(this.stream.workspaceId, onPersonal),
    );
    const result = await execute({ ...this.#options.args, rootValue: event, contextValue });
    // Half of an event is none: it is run again once the database is there.
    if (isOutage(result) && onAway()) throw new Unavailable();
    return result;
  }

  #payload(result: ExecutionResult): Buffer {
    // What went wrong carries the id of a request: it is put in text each time.
    if (result.errors) return this.#present(result);
    const known = payloads.get(result);
    if (known) return known;
    const payload = Buffer.from(JSON.stringify(result));
    payloads.set(result, payload);
    return payload;
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
