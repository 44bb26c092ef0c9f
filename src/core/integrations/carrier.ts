import type { Db } from '#core/db';
import { messageOf } from '#core/integrations/message';
import { bodyOf, type Format } from '#core/integrations/provider';
import { isProviderName, PROVIDERS } from '#core/integrations/providers';
import type { Mail, Mailer } from '#core/mail';
import type { Outbound } from '#core/outbound';
import type { Sealer } from '#core/sealing';
import { type Carried, type Carrier, refused, sendRequest, USER_AGENT } from '#core/webhooks/carrier';
import type { Claim } from '#core/webhooks/claims';
import { secretPurpose } from '#core/webhooks/endpoints';
import { isTaken } from '#core/webhooks/settlement';

export interface IntegrationMeans {
  db: Db;
  sealer: Sealer;
  outbound: Outbound;
  mailer: Mailer;
  /** Where people reach the server. */
  publicUrl: string;
}

const DAY_MS = 24 * 3_600_000;
/** A workspace must not become a way to flood a mailbox. */
const MAILED_PER_DAY_MAX = 100;
const BODY_SHOWN_MAX = 200;

/** Carries deliveries to integrations: as a message in the form of the provider. */
export function openIntegrationCarrier(means: IntegrationMeans): Carrier {
  return async (claim, at) => {
    const { db, sealer, publicUrl } = means;
    const { provider, workspaceId, endpointId } = claim;
    if (provider === null || !isProviderName(provider)) return refused('This server does not know its provider.');
    const workspace = await db.workspace.findUniqueOrThrow({
      where: { id: workspaceId },
      select: { name: true, slug: true },
    });
    const message = messageOf(claim, { workspace, publicUrl });
    const secret = JSON.parse(sealer.open(claim.secret, secretPurpose(endpointId))) as Record<string, string>;
    const settings = { ...(claim.settings as Record<string, string>), ...secret };
    const { format } = PROVIDERS[provider];
    if (format.via === 'MAIL') return sendMail(format.mail(settings, message), { claim, at, means });
    const { url, headers, body } = format.request(settings, message);
    const carried = await sendRequest(means.outbound, {
      url,
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': USER_AGENT },
      body: JSON.stringify(body),
    });
    return { ...carried, failure: carried.failure ?? refusalOf(carried, format) };
  };
}

/** What the answer says, where that is a refusal. */
function refusalOf(carried: Carried, format: Extract<Format<never>, { via: 'HTTP' }>): string | null {
  const body = bodyOf({ head: carried.responseHead ?? new Uint8Array() }).slice(0, BODY_SHOWN_MAX);
  if (isTaken(carried)) return format.refusal?.(body) ?? null;
  return `It answered ${carried.status}${body === '' ? '.' : `: ${body}`}`;
}

async function sendMail(
  mail: Mail,
  { claim, at, means: { db, mailer } }: { claim: Claim; at: Date; means: IntegrationMeans },
): Promise<Carried> {
  const { workspaceId } = claim;
  const finishedAt = { gt: new Date(at.getTime() - DAY_MS) };
  const where = { workspaceId, state: 'SUCCEEDED', finishedAt, endpoint: { provider: claim.provider } } as const;
  if ((await db.webhookDelivery.count({ where })) >= MAILED_PER_DAY_MAX)
    return refused(`Not mailed: this workspace sent ${MAILED_PER_DAY_MAX} mails in 24 hours.`);
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  try {
    await mailer.send(mail);
    return { ...refused('', elapsed()), failure: null };
  } catch {
    // What a mail server says may name our own servers and accounts.
    return refused('The mail server did not take the mail.', elapsed());
  }
}
