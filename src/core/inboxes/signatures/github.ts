import { hmacOf, isAmong, type SignatureScheme } from '#core/inboxes/signatures/scheme';

/** `X-Hub-Signature-256: sha256=757107...`: hex of the HMAC over the body. Says no time, so an old one cannot be told. */
export const github: SignatureScheme = {
  secretRule: 'the secret that you set for the webhook in GitHub, 8 to 200 characters without spaces',
  isSecret: (text) => /^[\x21-\x7e]{8,200}$/.test(text),
  verify({ body, header }, secret) {
    const [, signature] = /^sha256=([0-9a-f]{64})$/i.exec(header('x-hub-signature-256') ?? '') ?? [];
    return signature !== undefined && isAmong([signature], hmacOf(secret, body), 'hex');
  },
  eventId: ({ header }) => header('x-github-delivery'),
};
