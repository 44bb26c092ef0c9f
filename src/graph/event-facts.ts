import { EVENT_TARGETS } from '#core/events/catalogue';
import { encodeId, type IdType } from '#core/ids';
import type { Event } from '#generated/prisma/client';

/** The public id of what an event changed. */
export function publicTargetId({ type: eventType, targetId }: Pick<Event, 'type' | 'targetId'>): string | null {
  const noun = eventType.slice(0, eventType.indexOf('.'));
  const type = (EVENT_TARGETS as Readonly<Record<string, IdType>>)[noun];
  return targetId !== null && type ? encodeId(type, targetId) : null;
}

/** Members of before and after that are ids in the database. */
const FACT_ID_TYPES: Readonly<Record<string, IdType>> = {
  userId: 'User',
  memberId: 'Member',
  apiKeyId: 'ApiKey',
  parentId: 'ApiKey',
  workspaceId: 'Workspace',
};

/** What an event keeps of before or after, with the ids in it as clients know them. */
export function publicFacts(facts: Event['before']): object | null {
  if (typeof facts !== 'object' || facts === null) return null;
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const type = FACT_ID_TYPES[name];
      return [name, type && typeof value === 'string' ? encodeId(type, value) : value];
    }),
  );
}
