import type { DeliveryCharge, InboxFieldsFragment, InboxProvider, SignatureState } from '../../generated/graphql.ts';

export type Inbox = InboxFieldsFragment;

export const PROVIDER_NAMES: Record<InboxProvider, string> = {
  GITHUB: 'GitHub',
  SHOPIFY: 'Shopify',
  SLACK: 'Slack',
  STANDARD_WEBHOOKS: 'Standard Webhooks',
  STRIPE: 'Stripe',
};

/** Where the provider shows the secret that it signs with. */
export const SECRET_HINTS: Record<InboxProvider, string> = {
  GITHUB: 'The secret that you set for the webhook at GitHub, at least 8 characters.',
  SHOPIFY: 'The client secret of your app at Shopify.',
  SLACK: 'The signing secret of your app, under “Basic Information”.',
  STANDARD_WEBHOOKS: 'The secret of the sender, which begins with whsec_.',
  STRIPE: 'The signing secret of the endpoint at Stripe, which begins with whsec_.',
};

export const SIGNATURES: Record<SignatureState, string> = {
  FAILED: 'Failed',
  UNCHECKED: 'Unchecked',
  VERIFIED: 'Verified',
};

export const CHARGES: Record<DeliveryCharge, string> = {
  CHARGED: 'Charged',
  DUE: 'About to be charged',
  NONE: 'Costs nothing',
  UNPAID: 'Not charged: the balance did not cover it',
};

/** What is priced when an event comes; free unless the operator has set a price for it. */
const OPERATION = 'inbox.received';

interface PricesOfEvents {
  operations: readonly { name: string; price: string }[];
  plan: { discountPercent: number };
}

/** What an event costs, as it is charged to this workspace, in words. */
export function priceText({ operations, plan }: PricesOfEvents): string {
  const price = operations.find(({ name }) => name === OPERATION)?.price;
  if (price === undefined || price === '0') return 'Events cost nothing.';
  const discount = plan.discountPercent > 0 ? `, less ${plan.discountPercent} % by the plan` : '';
  return `Each event costs ${price} credits${discount}; duplicates and forgeries nothing.`;
}
