import { visibleTo } from '#core/access/visibility';
import {
  ANNOUNCEMENT_TYPES,
  ANNOUNCEMENTS,
  type AnnouncementType,
  isAnnouncementType,
} from '#core/announcements/catalogue';
import { listDeliveries, requestShown } from '#core/webhooks/deliveries';
import { listWebhookEndpoints, WEBHOOKS_ALONE } from '#core/webhooks/endpoints';
import type { Announcement, WebhookAttempt } from '#generated/prisma/client';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';

const nameOf = (type: AnnouncementType): string => type.replaceAll('.', '_').toUpperCase();

export const WebhookEventType = builder.enumType('WebhookEventType', {
  description: 'What an endpoint can be told of.',
  values: Object.fromEntries(
    ANNOUNCEMENT_TYPES.map((type) => [
      nameOf(type),
      { value: type, description: `"${type}": ${ANNOUNCEMENTS[type].description}` },
    ]),
  ) as Record<string, { value: AnnouncementType; description: string }>,
});

const WebhookEventKind = builder.objectRef<{ type: AnnouncementType }>('WebhookEventKind').implement({
  description: 'A type of event, as requests to endpoints carry it.',
  fields: (t) => ({
    type: t.expose('type', { type: WebhookEventType, description: 'The type.' }),
    name: t.string({
      description: 'Its name in the field `type` of a request, such as "balance.low".',
      resolve: ({ type }) => type,
    }),
    description: t.string({
      description: 'When it is sent, for people.',
      resolve: ({ type }) => ANNOUNCEMENTS[type].description,
    }),
    example: t.field({
      type: 'JSONObject',
      description: 'An example of the field `data` of a request.',
      resolve: ({ type }) => ({ ...ANNOUNCEMENTS[type].example }),
    }),
  }),
});

builder.queryField('webhookEventTypes', (t) =>
  t.field({
    type: [WebhookEventKind],
    description: 'All types of events that endpoints can be told of. For anyone with a credential.',
    resolve: (_root, _args, { access }) => {
      access.requireSomebody();
      return ANNOUNCEMENT_TYPES.map((type) => ({ type }));
    },
  }),
);

const WebhookDisabledReason = builder.enumType('WebhookDisabledReason', {
  description: 'Why an endpoint is sent nothing.',
  values: {
    MEMBER: { description: 'A member disabled it.' },
    FAILING: { description: 'Nothing was taken for five days.' },
    GONE: { description: 'It answered 410.' },
  },
});

const WebhookDeliveryState = builder.enumType('WebhookDeliveryState', {
  description: 'What becomes of a delivery.',
  values: {
    PENDING: { description: 'It is attempted, or will be.' },
    SUCCEEDED: { description: 'The receiver took it: it answered 2xx.' },
    FAILED: { description: 'Ten attempts failed. It can be sent again.' },
    PARKED: { description: 'The endpoint was disabled. It can be sent once that is over.' },
  },
});

export const WebhookEndpointType = builder.prismaNode('WebhookEndpoint', {
  description: 'Where a workspace is told what happens, by signed requests in the form of Standard Webhooks.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, ...WEBHOOKS_ALONE, workspace: visibleTo(actor) }),
  select: { workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'webhooks:read', workspaceId } }),
  fields: (t) => ({
    url: t.exposeString('url', { description: 'Where requests are sent.' }),
    description: t.exposeString('description', { description: 'What it is for, for people.' }),
    eventTypes: t.field({
      type: [WebhookEventType],
      description: 'What it is told of.',
      select: { eventTypes: true },
      resolve: ({ eventTypes }) => eventTypes.filter(isAnnouncementType),
    }),
    ordered: t.exposeBoolean('isOrdered', {
      description: 'Whether each delivery waits until the one before it succeeded or was given up.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    lastSuccessAt: t.expose('lastSuccessAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last took a delivery; null for never.',
    }),
    lastFailureAt: t.expose('lastFailureAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When an attempt last failed; null for never.',
    }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it first failed since it last took anything; null while it works. After five days it is disabled.',
    }),
    disabledAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is sent nothing, and what happens is parked; null while it is.',
    }),
    disabledReason: t.expose('disabledReason', {
      type: WebhookDisabledReason,
      nullable: true,
      description: 'Why it is disabled; null unless it is.',
    }),
    previousSecretEndsAt: t.expose('previousSecretEndsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when the secret before the last rotation signs too; null if there was none.',
    }),
  }),
});

const WebhookEvent = builder.objectRef<Announcement>('WebhookEvent').implement({
  description: 'What an endpoint is told.',
  fields: (t) => ({
    id: t.string({
      description: 'Its id in every request about it (webhook-id): by it a receiver tells a repetition.',
      resolve: (announcement) => requestShown(announcement).id,
    }),
    type: t.exposeString('type', { description: 'Name of its type, such as "balance.low".' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
    body: t.string({
      description: 'The body of every request about it, byte for byte.',
      resolve: (announcement) => requestShown(announcement).body,
    }),
  }),
});

const WebhookAttemptType = builder.objectRef<WebhookAttempt>('WebhookAttempt').implement({
  description: 'A request that was made, and what came back.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Counted from 1.' }),
    url: t.exposeString('url', { description: 'Where it was sent.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it was sent, as webhook-timestamp said.' }),
    durationMs: t.exposeInt('durationMs', { description: 'Milliseconds until it was answered or given up.' }),
    status: t.exposeInt('status', { nullable: true, description: 'Status of the answer; null when none came.' }),
    failure: t.exposeString('failure', { nullable: true, description: 'Why no answer came; null when one did.' }),
    responseHead: t.string({
      nullable: true,
      description: 'Status, headers and the beginning of the body of the answer, 16 KiB at most; null when none came.',
      resolve: ({ responseHead }) => responseHead && new TextDecoder().decode(responseHead),
    }),
    responseCut: t.exposeBoolean('isCut', { description: 'Whether the answer went on beyond what is shown.' }),
  }),
});

export const WebhookDeliveryType = builder.prismaNode('WebhookDelivery', {
  description: 'One event on its way to one endpoint, over all attempts.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, endpoint: { ...WEBHOOKS_ALONE, workspace: visibleTo(actor) } }),
  select: { workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'webhooks:read', workspaceId } }),
  fields: (t) => ({
    endpoint: t.relation('endpoint', { type: WebhookEndpointType, description: 'Where it goes.' }),
    event: t.field({
      type: WebhookEvent,
      description: 'What it tells.',
      select: { announcement: true },
      resolve: ({ announcement }) => announcement,
    }),
    state: t.expose('state', { type: WebhookDeliveryState, description: 'What becomes of it.' }),
    test: t.exposeBoolean('isTest', { description: 'Whether it tells an example: somebody tried out the endpoint.' }),
    attemptCount: t.exposeInt('attemptCount', { description: 'How many attempts were begun.' }),
    attempts: t.field({
      type: [WebhookAttemptType],
      description: 'The last 50 attempts that ended, newest first.',
      select: { attempts: { orderBy: { number: 'desc' }, take: 50 } },
      resolve: ({ attempts }) => attempts,
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is attempted next; null when it is not.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written down.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it succeeded or was given up; null until then.',
    }),
  }),
});

builder.prismaObjectFields('WebhookEndpoint', (t) => ({
  deliveries: t.connection(
    {
      type: WebhookDeliveryType,
      description: 'What was and will be sent to it, newest first, as far back as it is kept.',
      args: { state: t.arg({ type: WebhookDeliveryState, description: 'Only those in this state.' }) },
      resolve: async ({ id, workspaceId }, { state, ...page }, context, info) =>
        listDeliveries(context.db, await context.access.permit('webhooks:read', workspaceId), {
          ...page,
          endpointId: id,
          state,
          query: connectionQuery(context, info, 'WebhookDelivery'),
        }),
    },
    { name: 'WebhookDeliveriesConnection', description: 'A page of deliveries.' },
    { name: 'WebhookDeliveriesEdge', description: 'A delivery in a page.' },
  ),
}));

builder.prismaObjectFields('Workspace', (t) => ({
  webhookEndpoints: t.connection(
    {
      type: WebhookEndpointType,
      description: 'Where this workspace is told what happens in it, newest first.',
      resolve: async ({ id }, page, context, info) =>
        listWebhookEndpoints(context.db, await context.access.permit('webhooks:read', id), {
          ...page,
          query: connectionQuery(context, info, 'WebhookEndpoint'),
        }),
    },
    { name: 'WebhookEndpointsConnection', description: 'A page of webhook endpoints.' },
    { name: 'WebhookEndpointsEdge', description: 'A webhook endpoint in a page.' },
  ),
}));
