import { NotFound, ValidationFailed } from '#core/errors';
import { assignPlan, listPlans, setPlan } from '#core/plans/plans';
import { findWorkspace } from '#core/workspaces/workspaces';
import { builder } from '#graph/builder';
import { required, workspaceIdOf, WorkspaceType } from '#graph/workspaces';

const PlanType = builder.prismaObject('Plan', {
  description: 'What a workspace may use.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name that assignPlan takes, such as "standard".' }),
    requestsPerMinute: t.exposeInt('requestsPerMinute', {
      description: 'How many requests all API keys of a workspace may make together in 60 seconds.',
    }),
    discountPercent: t.exposeInt('discountPercent', {
      description: 'Off the price of every operation, in whole percent; a final price in a request has no discount.',
    }),
    monthlyAllowance: t.expose('monthlyAllowance', {
      type: 'Credits',
      description: 'Credits that each workspace gets for each period of a month; what is left of them expires with it.',
    }),
    inboxMebibytes: t.exposeInt('inboxMebibytes', {
      description: 'How much the inboxes of a workspace may store together, in MiB; beyond it they take nothing more.',
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

builder.prismaObjectFields('Workspace', (t) => ({
  plan: t.relation('plan', { description: 'The plan that the operator put it on.' }),
  timeZone: t.exposeString('timeZone', { description: 'Where the periods of its allowance begin at midnight.' }),
}));

builder.queryField('plans', (t) =>
  t.field({
    type: [PlanType],
    description: 'All plans by name. For anyone with a credential.',
    resolve: (_root, _args, { db, access }) => {
      access.requireSomebody();
      return listPlans(db);
    },
  }),
);

const SetPlanInput = builder.inputType('SetPlanInput', {
  description: 'What setPlan needs.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'A lower-case word, such as "pro".' }),
    requestsPerMinute: t.int({
      required: true,
      description: 'How many requests all API keys of a workspace may make together in 60 seconds.',
    }),
    discountPercent: t.int({
      description: 'Off the price of every operation, 0 to 100; left out, it stays as it was, at first 0.',
    }),
    monthlyAllowance: t.field({
      type: 'Credits',
      description:
        'Credits for each period of a month; left out, it stays as it was, at first 0. A raise is granted for the rest of running periods, a cut takes nothing.',
    }),
    inboxMebibytes: t.int({
      description: 'How much the inboxes of a workspace may store together, in MiB; left out, it stays, at first 256.',
    }),
  }),
});

const SetPlanPayload = builder.objectRef<Awaited<ReturnType<typeof setPlan>>>('SetPlanPayload').implement({
  description: 'The plan is set.',
  fields: (t) => ({
    plan: t.field({ type: PlanType, description: 'The plan as it is now.', resolve: (plan) => plan }),
  }),
});

builder.mutationField('setPlan', (t) =>
  t.field({
    type: SetPlanPayload,
    description: 'Creates a plan or changes it, for all workspaces that are on it. Operators only. Safe to repeat.',
    args: { input: t.arg({ type: SetPlanInput, required: true, description: 'The plan.' }) },
    errors: { types: [ValidationFailed] },
    resolve: (_root, { input }, { db, access }) => setPlan(db, access.operatorPermit('plans:set'), input),
  }),
);

const AssignPlanInput = builder.inputType('AssignPlanInput', {
  description: 'What assignPlan needs.',
  fields: (t) => ({
    workspaceId: t.id({ required: true, description: 'The workspace.' }),
    plan: t.string({ required: true, description: 'Name of the plan.' }),
    timeZone: t.string({
      description:
        'IANA name, such as "Europe/Berlin": its days are those that periods of the allowance begin with. Left out, it stays as it was, at first UTC.',
    }),
  }),
});

const AssignPlanPayload = builder.objectRef<{ workspaceId: string }>('AssignPlanPayload').implement({
  description: 'The workspace is on the plan.',
  fields: (t) => ({
    workspace: t.prismaField({
      type: WorkspaceType,
      description: 'The workspace with its plan.',
      resolve: async (query, { workspaceId }, _args, { db }) =>
        required(await findWorkspace(db, { id: workspaceId }, query)),
    }),
  }),
});

builder.mutationField('assignPlan', (t) =>
  t.field({
    type: AssignPlanPayload,
    description:
      'Puts a workspace on a plan. A larger allowance is granted for the rest of the running period; a smaller one takes nothing and holds from the next. Operators only. Safe to repeat.',
    args: { input: t.arg({ type: AssignPlanInput, required: true, description: 'Which workspace, which plan.' }) },
    errors: { types: [NotFound, ValidationFailed] },
    resolve: async (_root, { input }, { db, access, bus }) => {
      const permit = await access.permit('plans:assign', workspaceIdOf(input.workspaceId), ['input', 'workspaceId']);
      await assignPlan(db, permit, input);
      bus.publish({ kind: 'access', workspaceId: permit.workspaceId });
      return { workspaceId: permit.workspaceId };
    },
  }),
);
