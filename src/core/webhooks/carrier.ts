import { announcementBody } from '#core/announcements/announced';
import { encodeAnnouncementId } from '#core/ids';
import { type Outbound, OutboundFailed } from '#core/outbound';
import type { Sealer } from '#core/sealing';
import type { Claim } from '#core/webhooks/claims';
import { secretPurpose } from '#core/webhooks/endpoints';
import { signatureHeaders } from '#core/webhooks/signature';

/** Says to receivers who we are. */
export const USER_AGENT = 'Commonpurse-Webhooks/1';

/** How it ended when something was carried to whom it is for. */
export interface Carried {
  /** Status of the answer; null when none came, or where there are none. */
  status: number | null;
  /** Why it was not taken, where the status does not say it; null when it was, or the status says it. */
  failure: string | null;
  responseHead: Uint8Array<ArrayBuffer> | null;
  isCut: boolean;
  retryAfter: string | undefined;
  durationMs: number;
}

/** A way to carry a delivery, once. What keeps the receiver from taking it is its answer; what it throws is a bug. */
export type Carrier = (claim: Claim, at: Date) => Promise<Carried>;

/** An attempt that ended without an answer. */
export function refused(failure: string, durationMs = 0): Carried {
  return { status: null, failure, responseHead: null, isCut: false, retryAfter: undefined, durationMs };
}

/** Sends a request through the one way out. */
export async function sendRequest(outbound: Outbound, request: Parameters<Outbound['send']>[0]): Promise<Carried> {
  try {
    const { status, headers, head, isCut, durationMs } = await outbound.send(request);
    return { status, failure: null, responseHead: head, isCut, retryAfter: headers['retry-after'], durationMs };
  } catch (error) {
    if (error instanceof OutboundFailed) return refused(error.message, error.durationMs);
    throw error;
  }
}

/** Carries deliveries to webhook endpoints: signed, in the form of Standard Webhooks. */
export function openWebhookCarrier({ sealer, outbound }: { sealer: Sealer; outbound: Outbound }): Carrier {
  return async (claim, at) => {
    const { endpointId, secret, previousSecret, previousSecretEndsAt, announcementId } = claim;
    const body = announcementBody({ ...claim, id: announcementId });
    const overlaps = previousSecret !== null && previousSecretEndsAt !== null && previousSecretEndsAt > at;
    const secrets = [secret, ...(overlaps ? [previousSecret] : [])];
    const opened = secrets.map((sealed) => sealer.open(sealed, secretPurpose(endpointId)));
    const headers = {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      ...signatureHeaders({ id: encodeAnnouncementId(announcementId), at, body }, opened),
    };
    return sendRequest(outbound, { url: claim.url, headers, body });
  };
}
