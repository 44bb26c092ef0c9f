import type { Db } from '#core/db';
import type { Mailer } from '#core/mail';
import { presentableName } from '#core/names';
import type { Disabled } from '#core/webhooks/settlement';

const WHY = {
  GONE: 'It answered 410 Gone.',
  FAILING: 'For five days it took nothing that was sent.',
} as const;

/** Mails the OWNERs of the workspace that an endpoint was disabled, by the way that does not lead through it. */
export async function tellOwners(
  db: Db,
  mailer: Mailer,
  { workspaceId, url, reason }: Disabled,
  { publicUrl }: { publicUrl: string },
): Promise<void> {
  const { name, members } = await db.workspace.findUniqueOrThrow({
    where: { id: workspaceId },
    select: { name: true, members: { where: { role: 'OWNER', removedAt: null }, select: { user: true } } },
  });
  const workspace = presentableName(name.replaceAll(/\s+/g, ' '), 80).replaceAll('"', "'");
  const { origin } = new URL(url);
  for (const { user } of members) {
    await mailer.send({
      to: user.email,
      subject: `A webhook endpoint of "${workspace}" was disabled`,
      text: `The webhook endpoint at ${origin} of the workspace "${workspace}" is sent nothing any more. ${WHY[reason]}\n\nWhat happens meanwhile is kept for it. Once it works again, enable it and replay what it missed.\n\n${publicUrl}`,
    });
  }
}
