import type { Access } from '#core/access/access';
import type { Action } from '#core/access/policy';
import type { DomainError } from '#core/errors';
import type { Context } from '#graph/context';
import { cancellable } from '#lib/cancellable';

/** What every stream says of its argument. */
export const WORKSPACE = 'The workspace to follow; may be left out with an API key.';

/** What a stream hears. */
export interface LiveEvent {
  event: { type: string };
  /** What a client gives as `after` to go on behind it. */
  cursor: string;
  /** The number behind it, of a stream whose events have one order for all. */
  seq?: bigint;
  /** How many states before it were left out, since only the newest matters. */
  skipped?: number;
  /** One object for all who are sent this event: with the same rights and document they are sent the very same. */
  origin: object;
}

/** What a stream hears at once. */
export interface LiveStep {
  events: readonly LiveEvent[];
  /** Following again after this misses nothing and repeats nothing. */
  cursor: string;
  /** How far that is, where events have one order for all. */
  seq?: bigint;
  /** Whether nothing more is known of. */
  isCaughtUp: boolean;
}

/** A stream, and all that it takes to run its events for one subscriber or for many. */
export interface LiveStream extends AsyncIterable<LiveEvent> {
  workspaceId: string;
  /** Follows from where the subscriber asked to begin, or from a cursor that a step gave, as often as it is asked to. */
  steps: (after?: string) => AsyncIterableIterator<LiveStep, void>;
  recheck: () => Promise<Access>;
  /**
   * The context to run an event in: nothing that an earlier event remembered holds for it.
   * @throws DomainError when the right to hear it is gone.
   */
  contextFor: (access: Access) => Promise<Context>;
}

/** An event of a stream before it is for anybody. */
export interface Happened<Event> extends Omit<LiveEvent, 'event'> {
  event: Event;
}

/** The last thing a subscriber hears when its rights ended: an error, then completion. */
export interface Ended {
  type: 'Ended';
  error: DomainError;
}

interface Following<Step> {
  action: Action;
  workspaceId: string;
  /** From where the subscriber asked to begin, or from a cursor that a step gave. */
  steps: (signal: AbortSignal, after?: string) => AsyncIterable<Step>;
}

/** A subscriber's stream. Its credential and rights are read anew for each event, however long it stays. */
export async function follow<Step>(
  { action, workspaceId, steps }: Following<Step>,
  context: Context,
  stepOf: (step: Step) => LiveStep,
): Promise<LiveStream> {
  const recheck = (): Promise<Access> => context.recheck();
  const contextFor = async (access: Access): Promise<Context> => {
    await access.permit(action, workspaceId, ['workspaceId']);
    return context.within(access);
  };
  await context.access.permit(action, workspaceId, ['workspaceId']);
  const liveSteps = (after?: string): AsyncIterableIterator<LiveStep, void> =>
    cancellable(async function* (signal) {
      for await (const step of steps(signal, after)) yield stepOf(step);
    });
  return { workspaceId, steps: liveSteps, recheck, contextFor, [Symbol.asyncIterator]: () => eventsIn(liveSteps()) };
}

/** The events of a stream one by one, for whoever pulls them. */
function eventsIn(steps: AsyncIterableIterator<LiveStep, void>): AsyncIterator<LiveEvent, void> {
  let left: Iterator<LiveEvent> = [][Symbol.iterator]();
  return {
    async next() {
      for (;;) {
        const event = left.next();
        if (!event.done) return event;
        const step = await steps.next();
        if (step.done) return { done: true, value: undefined };
        left = step.value.events[Symbol.iterator]();
      }
    },
    return: async () => {
      await steps.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** What a stream's event resolves to. @throws DomainError when it is its last word. */
export function unlessEnded<Event extends { type: string }>(event: Event | Ended): Event {
  if ('error' in event) throw event.error;
  return event;
}
