import { hmacOf, isAmong, type SignatureScheme } from '#core/inboxes/signatures/scheme';

/** `X-Shopify-Hmac-Sha256: 7iASRp...`: base64 of the HMAC over the body. Says no time that it covers. */
export const shopify: SignatureScheme = {
  secretRule: 'the client secret of the app in Shopify, 8 to 200 characters without spaces',
  isSecret: (text) => /^[\x21-\x7e]{8,200}$/.test(text),
  verify({ body, header }, secret) {
    const signature = header('x-shopify-hmac-sha256');
    return signature !== null && isAmong([signature], hmacOf(secret, body), 'base64');
  },
  // The event has one name for all its deliveries, and older API versions name the delivery alone.
  eventId: ({ header }) => header('x-shopify-event-id') ?? header('x-shopify-webhook-id'),
};
