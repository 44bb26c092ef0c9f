import type { ActorStamp } from '#core/access/actor';
import { encodeId } from '#core/ids';
import { builder } from '#graph/builder';

export const ActorKindEnum = builder.enumType('ActorKind', {
  description: 'What kind of caller changed something.',
  values: {
    USER: { description: 'A signed-in user.' },
    API_KEY: { description: 'An API key of the workspace.' },
    OPERATOR: { description: 'The company that runs this service.' },
    SYSTEM: { description: 'Nobody: the service itself, such as a job.' },
  },
});

const ACTOR_ID_TYPES = { USER: 'User', API_KEY: 'ApiKey', OPERATOR: 'OperatorToken' } as const;

/** The public id of whoever acted; null for the service itself. */
export function publicActorId({ actorKind, actorId }: ActorStamp): string | null {
  return actorKind === 'SYSTEM' || actorId === null ? null : encodeId(ACTOR_ID_TYPES[actorKind], actorId);
}
