import { createHmac, randomBytes } from 'node:crypto';
import type { InboxProvider } from '#generated/prisma/enums';

/** A secret as the provider makes them. */
export function newSecret(provider: InboxProvider): string {
  switch (provider) {
    case 'STRIPE':
      return `whsec_${randomBytes(24).toString('hex')}`;
    case 'STANDARD_WEBHOOKS':
      return `whsec_${randomBytes(32).toString('base64')}`;
    case 'GITHUB':
    case 'SHOPIFY':
    case 'SLACK':
      return randomBytes(16).toString('hex');
  }
}

interface Signing {
  secret: string;
  body: Uint8Array | string;
  seconds?: number;
  eventId: string;
}

/** The headers that the provider would send with a body, written from its documentation and apart from the product. */
export function signedHeaders(
  provider: InboxProvider,
  { secret, body, eventId, seconds = Math.floor(Date.now() / 1_000) }: Signing,
): Record<string, string> {
  const bytes = Buffer.from(body);
  const sign = (before: string, key: string | Buffer = secret): Buffer =>
    createHmac('sha256', key)
      .update(Buffer.concat([Buffer.from(before), bytes]))
      .digest();
  switch (provider) {
    case 'STRIPE':
      return { 'stripe-signature': `t=${seconds},v1=${sign(`${seconds}.`).toString('hex')}` };
    case 'GITHUB':
      return { 'x-hub-signature-256': `sha256=${sign('').toString('hex')}`, 'x-github-delivery': eventId };
    case 'SHOPIFY':
      return { 'x-shopify-hmac-sha256': sign('').toString('base64'), 'x-shopify-event-id': eventId };
    case 'SLACK':
      return {
        'x-slack-signature': `v0=${sign(`v0:${seconds}:`).toString('hex')}`,
        'x-slack-request-timestamp': String(seconds),
      };
    case 'STANDARD_WEBHOOKS': {
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = sign(`${eventId}.${seconds}.`, key).toString('base64');
      return {
        'webhook-signature': `v1,${signature}`,
        'webhook-id': eventId,
        'webhook-timestamp': String(seconds),
      };
    }
  }
}
