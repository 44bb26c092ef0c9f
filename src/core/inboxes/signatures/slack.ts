import { hmacOf, isAmong, isRecent, type SignatureScheme, textIn } from '#core/inboxes/signatures/scheme';

const CHALLENGE_LENGTH_MAX = 200;

/** `X-Slack-Signature: v0=a2114d...`: hex of the HMAC over version, time and body, with colons between. */
export const slack: SignatureScheme = {
  secretRule: 'the signing secret of the app in Slack, 8 to 200 characters without spaces',
  isSecret: (text) => /^[\x21-\x7e]{8,200}$/.test(text),
  verify({ body, header, receivedAt }, secret) {
    const time = header('x-slack-request-timestamp');
    const [, signature] = /^v0=([0-9a-f]{64})$/i.exec(header('x-slack-signature') ?? '') ?? [];
    if (signature === undefined || !isRecent(time, receivedAt)) return false;
    return isAmong([signature], hmacOf(secret, `v0:${time}:`, body), 'hex');
  },
  eventId: ({ body }) => textIn(body, 'event_id'),
  // Slack takes an address only once it has echoed this.
  challenge({ body }) {
    const challenge = textIn(body, 'type') === 'url_verification' ? textIn(body, 'challenge') : null;
    return challenge !== null && challenge.length <= CHALLENGE_LENGTH_MAX ? challenge : null;
  },
};
