import { hmacOf, isAmong, isRecent, type SignatureScheme, textIn } from '#core/inboxes/signatures/scheme';

/** `Stripe-Signature: t=1492774577,v1=5257a8...`: hex of the HMAC over time, dot and body. Several v1 while a secret is rolled. */
export const stripe: SignatureScheme = {
  secretRule: 'the signing secret of the endpoint in Stripe, which begins with whsec_',
  isSecret: (text) => /^whsec_[\w+/=-]{16,200}$/.test(text),
  verify({ body, header, receivedAt }, secret) {
    const parts = (header('stripe-signature') ?? '').split(',').map((part) => part.trim().split('='));
    const time = parts.find(([name]) => name === 't')?.[1];
    if (!isRecent(time, receivedAt)) return false;
    const signatures = parts.flatMap(([name, value]) => (name === 'v1' && value ? [value] : []));
    return isAmong(signatures, hmacOf(secret, `${time}.`, body), 'hex');
  },
  eventId: ({ body }) => textIn(body, 'id'),
};
