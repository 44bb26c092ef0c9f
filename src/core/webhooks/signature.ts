import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new signing secret in the form of Standard Webhooks: `whsec_` and 32 random bytes in base64. */
export function mintSigningSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** What is signed: id and body are the same in every attempt, the time is that of the attempt. */
export interface SignedRequest {
  /** `evt_...`, by which a receiver tells a repetition. */
  id: string;
  at: Date;
  body: string;
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com). During a rotation a signature of each secret is
 * sent, the newest first, so that a receiver may know either.
 */
export function signatureHeaders(
  { id, at, body }: SignedRequest,
  secrets: readonly string[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
