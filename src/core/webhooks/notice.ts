import { type Db, now } from '#core/db';
import { pageLink } from '#core/links';
import type { Mailer } from '#core/mail';
import { oneLine } from '#core/names';
import type { Disabled } from '#core/webhooks/settlement';

const WHY = {
  GONE: 'It answered 410 Gone.',
  FAILING: 'For five days it took nothing that was sent.',
} as const;

const WHAT_NOW = {
  webhook: 'What happens meanwhile is kept for it. Once it works again, enable it and replay what it missed.',
  integration: 'Once it works again, resume it; what it missed can be sent then.',
} as const;

const NOTICES_PER_TURN = 20;
/** While one process mails, others leave it alone; then it was lost with that process, or with the mail server. */
const RETRY_MS = 600_000;
/** Whom no mail reached within this time finds it in the dashboard. */
const GIVEN_UP_MS = 24 * 3_600_000;

export interface NoticeMeans {
  mailer: Mailer;
  /** Where people reach the server. */
  publicUrl: string;
  /** Told of each mail that could not be sent. */
  onError: (error: unknown) => void;
}

/**
 * Mails the OWNERs of their workspaces which endpoints and integrations were disabled, by the way that does not lead through
 * them: until a mail is taken, every ten minutes for a day. Any process may, and of several one does.
 */
export async function tellOwners(db: Db, { at = now(), ...means }: NoticeMeans & { at?: Date }): Promise<void> {
  const until = new Date(at.getTime() + RETRY_MS);
  for (const { disabledAt, ...disabled } of await takeDue(db, { at, until })) {
    const isTold = await mailOwners(db, disabled, means);
    if (!isTold && disabledAt.getTime() + GIVEN_UP_MS > at.getTime()) continue;
    await db.webhookEndpoint.updateMany({
      where: { id: disabled.endpointId, noticeDueAt: until },
      data: { noticeDueAt: null },
    });
  }
}

/** Takes what is due for some time. */
function takeDue(db: Db, { at, until }: { at: Date; until: Date }) {
  return db.$queryRaw<(Disabled & { disabledAt: Date })[]>`
    UPDATE webhook_endpoint SET notice_due_at = ${until}
    WHERE id IN (SELECT id FROM webhook_endpoint WHERE notice_due_at <= ${at} ORDER BY notice_due_at
      LIMIT ${NOTICES_PER_TURN}::int FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id AS "endpointId", workspace_id AS "workspaceId", url, provider, description, disabled_reason AS reason,
      disabled_at AS "disabledAt"`;
}

/** Whether a mail was taken. */
async function mailOwners(
  db: Db,
  { workspaceId, url, provider, description, reason }: Disabled,
  { mailer, publicUrl, onError }: NoticeMeans,
): Promise<boolean> {
  const { name, slug, members } = await db.workspace.findUniqueOrThrow({
    where: { id: workspaceId },
    select: { name: true, slug: true, members: { where: { role: 'OWNER', removedAt: null }, select: { user: true } } },
  });
  const workspace = oneLine(name, 'a workspace');
  const isWebhook = provider === null;
  const kind = isWebhook ? 'webhook endpoint' : 'integration';
  const named = isWebhook ? `at ${new URL(url).origin}` : `"${oneLine(description, provider)}"`;
  const link = pageLink(isWebhook ? 'webhooks' : 'integrations', { slug, publicUrl });
  const subject = `${isWebhook ? 'A webhook endpoint' : 'An integration'} of "${workspace}" was disabled`;
  const text = `The ${kind} ${named} of the workspace "${workspace}" is sent nothing any more. ${WHY[reason]}\n\n${WHAT_NOW[isWebhook ? 'webhook' : 'integration']}\n\n${link}`;
  let isTold = false;
  for (const { user } of members) {
    try {
      await mailer.send({ to: user.email, subject, text });
      isTold = true;
    } catch (error) {
      onError(error);
    }
  }
  return isTold;
}
