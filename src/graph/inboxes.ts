import { visibleTo } from '#core/access/visibility';
import { Conflict, IdempotencyConflict, NotFound, ValidationFailed } from '#core/errors';
import { deactivateInbox, findInbox, listInboxes } from '#core/inboxes/inboxes';
import { builder } from '#graph/builder';
import { connectionQuery } from '#graph/connections';
import { permitOnInbox } from '#graph/inbox-permits';
import { workspaceOrOwn } from '#graph/workspaces';

const InboxProviderEnum = builder.enumType('InboxProvider', {
  description: 'A service whose signatures an inbox can check.',
  values: {
    STRIPE: { description: 'Stripe: Stripe-Signature, over time and body.' },
    GITHUB: { description: 'GitHub: X-Hub-Signature-256, over the body.' },
    SHOPIFY: { description: 'Shopify: X-Shopify-Hmac-Sha256, over the body.' },
    SLACK: { description: 'Slack: X-Slack-Signature, over time and body. Its url_verification is answered for you.' },
    STANDARD_WEBHOOKS: {
      description: 'Whoever signs as standardwebhooks.com says: webhook-signature, over id, time and body.',
    },
  },
});

const InboxType = builder.prismaNode('Inbox', {
  description: 'An address that other services send events to. What they send is kept until somebody acknowledges it.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { actor }) => ({ id, workspace: visibleTo(actor) }),
  select: { id: true, workspaceId: true },
  authScopes: ({ workspaceId }) => ({ can: { action: 'inboxes:read', workspaceId } }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the workspace, which no other inbox ever gets.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for, for people.' }),
    provider: t.expose('provider', {
      type: InboxProviderEnum,
      nullable: true,
      description: 'Whose signatures are checked; null where none are.',
    }),
    url: t.string({
      nullable: true,
      description:
        'Where to send events by POST. Whoever knows it can send some: null for callers who may not change inboxes.',
      select: { id: true, sealedToken: true, workspaceId: true },
      resolve: async (inbox, _args, { inboxes, access }) =>
        (await access.can('inboxes:write', inbox.workspaceId)) ? inboxes.urlOf(inbox) : null,
    }),
    receivedCount: t.string({
      description: 'How many deliveries it ever took, duplicates included: the number of the last one.',
      select: { lastNumber: true },
      resolve: ({ lastNumber }) => lastNumber.toString(),
    }),
    storedBytes: t.string({
      description: 'What its deliveries take up, in bytes; all inboxes of a workspace share the room of its plan.',
      select: { storedBytes: true },
      resolve: ({ storedBytes }) => storedBytes.toString(),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    deactivatedAt: t.expose('deactivatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was deactivated; null while it takes events.',
    }),
    workspace: t.relation('workspace', { description: 'The workspace it belongs to.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  inboxes: t.connection(
    {
      type: InboxType,
      description: 'The inboxes, newest first.',
      args: {
        includeDeactivated: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Whether to list deactivated ones too.',
        }),
      },
      resolve: async ({ id }, { includeDeactivated, ...page }, context, info) =>
        listInboxes(context.db, await context.access.permit('inboxes:read', id), {
          ...page,
          includeDeactivated,
          query: connectionQuery(context, info, 'Inbox'),
        }),
    },
    { name: 'InboxesConnection', description: 'A page of inboxes.' },
    { name: 'InboxesEdge', description: 'An inbox in a page.' },
  ),
}));

const CreateInboxInput = builder.inputType('CreateInboxInput', {
  description: 'What createInbox needs.',
  fields: (t) => ({
    workspaceId: t.id({ description: 'The workspace it will belong to; an API key may leave its own out.' }),
    name: t.string({
      required: true,
      description: '3 to 50 of a-z, 0-9 and -, a letter or digit at both ends; no inbox of the workspace ever had it.',
    }),
    description: t.string({ description: 'What it is for, for people; at most 500 characters.' }),
    provider: t.field({
      type: InboxProviderEnum,
      description: 'Whose signatures to check; left out: none, and the address is all that a sender needs.',
    }),
    signingSecret: t.string({ description: "The provider's secret for this address. Cannot be read again." }),
    idempotencyKey: t.string({
      required: true,
      description: 'Your own unique text for this request: repeating it creates nothing twice.',
    }),
  }),
});

const CreateInboxPayload = builder.objectRef<{ inboxId: string; replayed: boolean }>('CreateInboxPayload').implement({
  description: 'An inbox was created.',
  fields: (t) => ({
    inbox: t.prismaField({
      type: InboxType,
      description: 'The new inbox, with its address.',
      resolve: (query, { inboxId }, _args, { db }) => findInbox(db, inboxId, query),
    }),
    replayed: t.exposeBoolean('replayed', {
      description: 'Whether this is the stored answer to an earlier request with the same idempotency key.',
    }),
  }),
});

builder.mutationField('createInbox', (t) =>
  t.field({
    type: CreateInboxPayload,
    description: 'Creates an inbox of a workspace, at an address that nobody can guess.',
    args: { input: t.arg({ type: CreateInboxInput, required: true, description: 'The new inbox.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict, IdempotencyConflict] },
    resolve: async (_root, { input: { workspaceId: id, ...settings } }, { access, inboxes, quota }) => {
      access.requireSomebody();
      const workspaceId = workspaceOrOwn(id, access.actor);
      const permit = await access.permit('inboxes:write', workspaceId, ['input', 'workspaceId']);
      const created = await inboxes.create(permit, settings);
      if (created.replayed) quota.giveBack();
      return created;
    },
  }),
);

const ChangedInbox = (name: 'UpdateInboxPayload' | 'DeactivateInboxPayload', description: string) =>
  builder.objectRef<{ inboxId: string }>(name).implement({
    description,
    fields: (t) => ({
      inbox: t.prismaField({
        type: InboxType,
        description: 'The inbox, as it is now.',
        resolve: (query, { inboxId }, _args, { db }) => findInbox(db, inboxId, query),
      }),
    }),
  });

const UpdateInboxInput = builder.inputType('UpdateInboxInput', {
  description: 'What updateInbox needs. What is left out stays as it is.',
  fields: (t) => ({
    inboxId: t.id({ required: true, description: 'The inbox to change.' }),
    description: t.string({ description: 'What it is for, for people; null for nothing.' }),
    provider: t.field({
      type: InboxProviderEnum,
      description: 'Whose signatures to check from now on, with its signingSecret; null for none.',
    }),
    signingSecret: t.string({ description: 'A new secret of the provider, in place of the one before.' }),
  }),
});

builder.mutationField('updateInbox', (t) =>
  t.field({
    type: ChangedInbox('UpdateInboxPayload', 'The inbox is changed.'),
    description: 'Changes what is checked of the events that come from now on, or what people read. The address stays.',
    args: { input: t.arg({ type: UpdateInboxInput, required: true, description: 'What to change.' }) },
    errors: { types: [NotFound, ValidationFailed, Conflict] },
    resolve: async (_root, { input }, context) => {
      const { permit, inboxId } = await permitOnInbox('inboxes:write', input.inboxId, context);
      await context.inboxes.update(permit, { ...input, inboxId });
      return { inboxId };
    },
  }),
);

const DeactivateInboxInput = builder.inputType('DeactivateInboxInput', {
  description: 'What deactivateInbox needs.',
  fields: (t) => ({ inboxId: t.id({ required: true, description: 'The inbox to end.' }) }),
});

builder.mutationField('deactivateInbox', (t) =>
  t.field({
    type: ChangedInbox('DeactivateInboxPayload', 'The inbox takes no more events.'),
    description:
      'Ends an inbox for ever: its address answers 404, as if it had never been. Its name stays taken; its deliveries can still be read, claimed and acknowledged. Repeating it changes nothing.',
    args: { input: t.arg({ type: DeactivateInboxInput, required: true, description: 'The inbox.' }) },
    errors: { types: [NotFound] },
    resolve: async (_root, { input }, context) => {
      const { permit, inboxId } = await permitOnInbox('inboxes:write', input.inboxId, context);
      await deactivateInbox(context.db, permit, { inboxId });
      return { inboxId };
    },
  }),
);
