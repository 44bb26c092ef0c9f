import type { Db } from '#core/db';
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

/** Mails the OWNERs of the workspace that an endpoint or an integration was disabled, by the way that does not lead through it. */
export async function tellOwners(
  db: Db,
  mailer: Mailer,
  { workspaceId, url, provider, description, reason }: Disabled,
  { publicUrl }: { publicUrl: string },
): Promise<void> {
  const { name, slug, members } = await db.workspace.findUniqueOrThrow({
    where: { id: workspaceId },
    select: { name: true, slug: true, members: { where: { role: 'OWNER', removedAt: null }, select: { user: true } } },
  });
  const workspace = oneLine(name, 'a workspace');
  const isWebhook = provider === null;
  const kind = isWebhook ? 'webhook endpoint' : 'integration';
  const named = isWebhook ? `at ${new URL(url).origin}` : `"${oneLine(description, provider)}"`;
  const link = pageLink(isWebhook ? 'webhooks' : 'integrations', { slug, publicUrl });
  for (const { user } of members) {
    await mailer.send({
      to: user.email,
      subject: `${isWebhook ? 'A webhook endpoint' : 'An integration'} of "${workspace}" was disabled`,
      text: `The ${kind} ${named} of the workspace "${workspace}" is sent nothing any more. ${WHY[reason]}\n\n${WHAT_NOW[isWebhook ? 'webhook' : 'integration']}\n\n${link}`,
    });
  }
}
