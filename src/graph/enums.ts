import { builder } from '#graph/builder';

export const EnvironmentEnum = builder.enumType('Environment', {
  description: 'What a key is for.',
  values: {
    LIVE: { description: 'Spends credits.' },
    TEST: { description: 'Verified and logged with its price like a live one, and charged 0.' },
  },
});

export const OutcomeEnum = builder.enumType('Outcome', {
  description: 'How a metered call ended. Only SUCCEEDED is ever charged.',
  values: {
    SUCCEEDED: { description: 'The work was done.' },
    FAILED: { description: 'The work failed; logged and charged 0.' },
    DECLINED: { description: 'The credits did not allow it; nothing was taken.' },
  },
});

export const DeclineReasonEnum = builder.enumType('DeclineReason', {
  description: 'Why a call was declined.',
  values: {
    INSUFFICIENT_CREDITS: { description: 'The balance did not cover the price.' },
    KEY_LIMIT_EXCEEDED: { description: 'The call would have broken a cap of the key.' },
  },
});

export const HoldStateEnum = builder.enumType('HoldState', {
  description: 'Whether a hold still holds anything.',
  values: {
    OPEN: { description: 'It does.' },
    CAPTURED: { description: 'It was charged; what was left went back.' },
    RELEASED: { description: 'It was given back.' },
    EXPIRED: { description: 'Its time was over, and what it held went back by itself.' },
  },
});

export const CapPeriodEnum = builder.enumType('CapPeriod', {
  description: 'The window in which a cap counts what a key spends. In UTC.',
  values: {
    TOTAL: { description: 'All that it ever spends.' },
    DAY: { description: 'From midnight to midnight.' },
    WEEK: { description: 'From Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
  },
});

export const RoleEnum = builder.enumType('Role', {
  description: 'What a member may do in a workspace.',
  values: {
    OWNER: { description: 'Everything, including deleting and transferring the workspace.' },
    ADMIN: { description: 'Everything but that; may not touch an OWNER.' },
    MEMBER: { description: 'API keys, webhooks, integrations, alerts; sees everything.' },
    VIEWER: { description: 'Sees everything, changes nothing.' },
  },
});
