import type { Mail } from '#core/mail';
import { presentableName } from '#core/names';

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

function oneLine(name: string, fallback: string): string {
  return presentableName(name.replaceAll(/\s+/g, ' '), 80).replaceAll('"', "'") || fallback;
}
