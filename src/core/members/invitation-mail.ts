import { now, type Tx } from '#core/db';
import { Conflict } from '#core/errors';
import type { Mail } from '#core/mail';
import { oneLine } from '#core/names';

const MAILS_PER_DAY_MAX = 200;
const DAY_MS = 24 * 3_600_000;

/** Who may invite chooses whom we write to, and how often: a workspace must not become a way to flood a mailbox. @throws Conflict */
export async function checkMailsSent(tx: Tx, workspaceId: string): Promise<void> {
  const createdAt = { gt: new Date(now().getTime() - DAY_MS) };
  const type = { in: ['invitation.created', 'invitation.resent'] };
  if ((await tx.event.count({ where: { workspaceId, type, createdAt } })) < MAILS_PER_DAY_MAX) return;
  throw new Conflict(`A workspace sends at most ${MAILS_PER_DAY_MAX} invitations in 24 hours: try again later.`);
}

/** The mail that carries an invitation's token: plain text, each name in quotes on one line, since anybody chose them. */
export function invitationMail(facts: { to: string; inviter: string; workspace: string; link: string }): Mail {
  const { to, link } = facts;
  const [inviter, workspace] = [oneLine(facts.inviter, 'Somebody'), oneLine(facts.workspace, 'a workspace')];
  return {
    to,
    subject: `Invitation to "${workspace}" on Commonpurse`,
    text: `"${inviter}" invites you to the workspace "${workspace}".\n\nOpen this link, signed in or signing up as ${to}. It works once, for seven days.\n\n${link}\n\nIf you do not know them, ignore this mail.`,
  };
}
