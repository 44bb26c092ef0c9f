import { hmacOf, isAmong, isRecent, type SignatureScheme } from '#core/inboxes/signatures/scheme';

const PREFIX = 'whsec_';

/** `webhook-signature: v1,K5oZfz... v1,bm9ldH...`: base64 of the HMAC over id, time and body, with dots between. */
export const standardWebhooks: SignatureScheme = {
  secretRule: 'whsec_ and then the base64 form of 24 to 64 bytes',
  isSecret(text) {
    const isBase64 = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(text);
    const { length } = keyOf(text);
    return isBase64 && length >= 24 && length <= 64;
  },
  verify({ body, header, receivedAt }, secret) {
    const [id, time] = [header('webhook-id'), header('webhook-timestamp')];
    if (id === null || !isRecent(time, receivedAt)) return false;
    const listed = (header('webhook-signature') ?? '').split(' ');
    const signatures = listed.flatMap((each) => (each.startsWith('v1,') ? [each.slice(3)] : []));
    return isAmong(signatures, hmacOf(keyOf(secret), `${id}.${time}.`, body), 'base64');
  },
  eventId: ({ header }) => header('webhook-id'),
};

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');
