import { announce, type Announced } from '#core/announcements/announced';
import type { AnnouncementCatalogue, AnnouncementType } from '#core/announcements/catalogue';
import type { EventCatalogue, EventType } from '#core/events/catalogue';
import { encodeId } from '#core/ids';
import type { Event } from '#generated/prisma/client';

type Facts<Type extends EventType> = EventCatalogue[Type] & { targetId: string };
type Telling<Type extends AnnouncementType = AnnouncementType> = {
  [T in Type]: { type: T; data: AnnouncementCatalogue[T] };
}[Type];

/** Events that others are told of; the rest stay in the audit log. */
const TELLINGS: { readonly [Type in EventType]?: (facts: Facts<Type>) => Telling } = {
  'workspace.balance_low': ({ after }) => ({ type: 'balance.low', data: after }),
  'workspace.renamed': ({ before, after }) => ({
    type: 'workspace.renamed',
    data: { ...after, nameBefore: before.name, slugBefore: before.slug },
  }),
  'workspace.deleted': ({ after }) => ({ type: 'workspace.deleted', data: after }),
  'api_key.created': ({ targetId, after: { name, environment, scopes } }) => ({
    type: 'api_key.created',
    data: { apiKeyId: encodeId('ApiKey', targetId), name, environment, scopes },
  }),
  'api_key.rotated': ({ targetId, after }) => ({
    type: 'api_key.rotated',
    data: { apiKeyId: encodeId('ApiKey', targetId), ...after },
  }),
  'api_key.revoked': ({ targetId, before }) => ({
    type: 'api_key.revoked',
    data: { apiKeyId: encodeId('ApiKey', targetId), ...before },
  }),
  'invitation.created': ({ targetId, after: { role } }) => ({
    type: 'member.invited',
    data: { invitationId: encodeId('Invitation', targetId), role },
  }),
  'member.joined': ({ targetId, after: { role } }) => ({
    type: 'member.joined',
    data: { memberId: encodeId('Member', targetId), role },
  }),
  'member.removed': ({ targetId, before: { role } }) => ({
    type: 'member.removed',
    data: { memberId: encodeId('Member', targetId), role, hasLeft: false },
  }),
  'member.left': ({ targetId, before: { role } }) => ({
    type: 'member.removed',
    data: { memberId: encodeId('Member', targetId), role, hasLeft: true },
  }),
  'member.role_changed': ({ targetId, before, after: { role } }) => ({
    type: 'member.role_changed',
    data: { memberId: encodeId('Member', targetId), roleBefore: before.role, role },
  }),
  'alert.fired': ({ targetId, after: { name, condition, value, threshold, apiKeyId, isTest } }) => ({
    type: 'alert.fired',
    data: {
      alertId: encodeId('Alert', targetId),
      name,
      condition,
      value,
      threshold,
      apiKeyId: apiKeyId === undefined ? null : encodeId('ApiKey', apiKeyId),
      isTest: isTest ?? false,
    },
  }),
  'webhook.disabled': ({ targetId, after }) => ({
    type: 'webhook.disabled',
    data: { webhookEndpointId: encodeId('WebhookEndpoint', targetId), ...after },
  }),
};

/** The types of events in the database that something is told of. */
export const TOLD_EVENT_TYPES = Object.keys(TELLINGS);

/** What is told of events, in their order. */
export function announceEvents(events: readonly Event[]): Announced[] {
  return events.flatMap((event) => {
    const { workspaceId, number, createdAt: occurredAt, targetId } = event;
    const tell = TELLINGS[event.type as EventType] as ((facts: object) => Telling) | undefined;
    // An event is written together with its type's facts (recordEvent), so what is stored has that form.
    const telling = tell?.({ before: event.before, after: event.after, targetId: targetId ?? '' });
    return telling ? [announce({ workspaceId, type: telling.type, number, occurredAt }, telling.data)] : [];
  });
}
