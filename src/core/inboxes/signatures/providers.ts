import { github } from '#core/inboxes/signatures/github';
import type { SignatureScheme } from '#core/inboxes/signatures/scheme';
import { shopify } from '#core/inboxes/signatures/shopify';
import { slack } from '#core/inboxes/signatures/slack';
import { standardWebhooks } from '#core/inboxes/signatures/standard-webhooks';
import { stripe } from '#core/inboxes/signatures/stripe';
import type { InboxProvider } from '#generated/prisma/enums';

/** The scheme of every provider that can be chosen. */
export const SCHEMES: Readonly<Record<InboxProvider, SignatureScheme>> = {
  STRIPE: stripe,
  GITHUB: github,
  SHOPIFY: shopify,
  SLACK: slack,
  STANDARD_WEBHOOKS: standardWebhooks,
};
