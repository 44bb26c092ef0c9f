import { CONDITIONS, sayBound, sayCrossing } from '#core/alerts/conditions';
import type { Db } from '#core/db';
import { pageLink } from '#core/links';
import type { Mail, Mailer } from '#core/mail';
import { oneLine } from '#core/names';
import type { Alert, AlertFiring } from '#generated/prisma/client';

const FIRINGS_PER_TURN = 20;
const ATTEMPTS_MAX = 8;
/** While one process sends, others leave it alone; then it was lost with that process, and is sent again. */
const LEASE_MS = 120_000;
const FIRST_WAIT_MS = 5_000;

/** What a mail server says may name our own servers and accounts: that is for whoever runs the service. */
const NOT_TAKEN = 'The mail server did not take the mail.';

type FiringToMail = AlertFiring & { alert: Alert & { workspace: { name: string; slug: string } } };

/**
 * Mails the firings that are due, those who have not been mailed yet: each at least once, however often it is tried. After
 * eight tries in about an hour it is given up, and the firing says so.
 */
export async function mailFirings(
  db: Db,
  {
    mailer,
    publicUrl,
    at,
    onError,
  }: { mailer: Mailer; publicUrl: string; at: Date; onError: (error: unknown) => void },
): Promise<void> {
  for (const firing of await takeDue(db, at)) {
    const left: string[] = [];
    for (const to of firing.mailTo) {
      try {
        await mailer.send(mailOf(firing, { to, publicUrl }));
      } catch (error) {
        left.push(to);
        onError(error);
      }
    }
    const isOver = left.length === 0 || firing.mailAttempts >= ATTEMPTS_MAX;
    const wait = FIRST_WAIT_MS * 2 ** firing.mailAttempts;
    await db.alertFiring.updateMany({
      where: { id: firing.id },
      data: {
        mailTo: left,
        mailError: left.length > 0 ? NOT_TAKEN : null,
        mailDueAt: isOver ? null : new Date(at.getTime() + wait),
      },
    });
  }
}

/** Takes what is due for some time, so that of several processes one sends it. */
async function takeDue(db: Db, at: Date): Promise<FiringToMail[]> {
  const taken = await db.$queryRaw<{ id: string }[]>`
    UPDATE alert_firing SET mail_due_at = ${new Date(at.getTime() + LEASE_MS)}, mail_attempts = mail_attempts + 1
    WHERE id IN (SELECT id FROM alert_firing WHERE mail_due_at <= ${at} ORDER BY mail_due_at
      LIMIT ${FIRINGS_PER_TURN}::int FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  if (taken.length === 0) return [];
  return db.alertFiring.findMany({
    where: { id: { in: taken.map(({ id }) => id) } },
    include: { alert: { include: { workspace: { select: { name: true, slug: true } } } } },
  });
}

function mailOf(
  { alert, value, threshold, isTest }: FiringToMail,
  { to, publicUrl }: { to: string; publicUrl: string },
): Mail {
  const [name, workspace] = [oneLine(alert.name, 'Alert'), oneLine(alert.workspace.name, 'a workspace')];
  const { condition } = alert;
  const fact = isTest
    ? `This is a test. The alert fires when this is so: ${lowerFirst(CONDITIONS[condition].says)} is ${sayBound(condition, threshold)}.`
    : sayCrossing(condition, { value, threshold });
  const link = pageLink('alerts', { slug: alert.workspace.slug, publicUrl });
  return {
    to,
    subject: `${isTest ? 'Test of alert' : 'Alert'} "${name}" in "${workspace}"`,
    text: `${fact}\n\nIt is told once, and again only after the condition was over. Change or mute the alert here:\n\n${link}`,
  };
}

function lowerFirst(text: string): string {
  return `${text[0]?.toLowerCase()}${text.slice(1)}`;
}
