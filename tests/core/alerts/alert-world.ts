import { randomUUID } from 'node:crypto';
import { createAlert } from '#core/alerts/alerts';
import { lookAtAlerts } from '#core/alerts/looks';
import { mailFirings } from '#core/alerts/mails';
import { type Db, openDb } from '#core/db';
import type { Mail, Mailer } from '#core/mail';
import { openWorld, type TestWorkspace, type World } from '../../world/world.ts';

/** A world whose alerts are looked at when a test says so, with a clock and a mail server of its own. */
export interface AlertWorld extends World {
  /** Looks at everything that is due, at the clock's time. */
  look(): Promise<void>;
  /** A look of another process, over connections of its own. */
  anotherLook(): () => Promise<void>;
  /** Moves the clock of the looks away from that of the database, which goes on by itself. */
  shiftClock(ms: number): void;
  mails: Mail[];
  /** What whoever runs the service is told. */
  logged: unknown[];
  /** What mailing fails with, while it is set. */
  outage: { error: Error | null };
  makeAlert(
    workspace: TestWorkspace,
    input: Partial<AlertTerms> & Pick<AlertTerms, 'condition' | 'threshold'>,
  ): Promise<string>;
  spend(workspace: TestWorkspace, input: { credits: bigint; outcome?: 'SUCCEEDED' | 'FAILED' }): Promise<void>;
  grant(workspace: TestWorkspace, credits: bigint): Promise<void>;
  /** What the alert was told of, in order: `fired`, with the value and the seq, and `cleared`. */
  story(alertId: string): Promise<string[]>;
}

type AlertTerms = Parameters<typeof createAlert>[2];

const onError = (error: unknown): never => {
  throw error;
};

export async function openAlertWorld(): Promise<AlertWorld> {
  const world = await openWorld();
  const { mailer, mails, outage } = openMailer();
  const logged: unknown[] = [];
  let shiftMs = 0;
  const lookWith = async (db: Db): Promise<void> => {
    const at = new Date(Date.now() + shiftMs);
    // What is summed up over time is due again only after some seconds. Alerts that another look holds are being looked at.
    await db.$executeRaw`UPDATE alert SET checked_at = 'epoch'
      WHERE id IN (SELECT id FROM alert FOR UPDATE SKIP LOCKED)`;
    await lookAtAlerts(db, { at, workspaceIds: null, onError });
    const means = {
      mailer,
      publicUrl: 'https://purse.example.com',
      onError: (error: unknown) => void logged.push(error),
    };
    await mailFirings(db, { ...means, at });
  };
  const others: Db[] = [];
  return {
    ...world,
    mails,
    logged,
    outage,
    look: () => lookWith(world.db),
    anotherLook() {
      const db = openDb({ url: world.databaseUrl, connectionsMax: 2 });
      others.push(db);
      return () => lookWith(db);
    },
    shiftClock: (ms) => (shiftMs = ms),
    async makeAlert({ owner, workspaceId }, input) {
      const permit = await world.permit(owner, 'alerts:write', workspaceId);
      const { alertId } = await createAlert(world.db, permit, {
        name: 'Low',
        idempotencyKey: randomUUID(),
        ...input,
      });
      return alertId;
    },
    async spend({ key, workspaceId }, { credits, outcome = 'SUCCEEDED' }) {
      const permit = await world.permit(key.actor, 'usage:write', workspaceId);
      const { apiKeyId } = key.actor;
      await world.credits.recordUsage(permit, { credits, outcome, apiKeyId, idempotencyKey: randomUUID() });
    },
    async grant({ workspaceId }, credits) {
      const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
      await world.credits.grantCredits(permit, { credits, source: 'PURCHASE', idempotencyKey: randomUUID() });
    },
    story: (alertId) => storyOf(world.db, alertId),
    async close() {
      for (const db of others) await db.$disconnect();
      await world.close();
    },
  };
}

function openMailer(): Pick<AlertWorld, 'mails' | 'outage'> & { mailer: Mailer } {
  const mails: Mail[] = [];
  const outage: AlertWorld['outage'] = { error: null };
  const send = async (mail: Mail): Promise<void> => {
    if (outage.error) throw outage.error;
    mails.push(mail);
  };
  return { mailer: { send }, mails, outage };
}

async function storyOf(db: Db, alertId: string): Promise<string[]> {
  const events = await db.event.findMany({
    where: { targetId: alertId, type: { in: ['alert.fired', 'alert.cleared'] } },
    orderBy: { number: 'asc' },
  });
  return events.map(({ type, after }) => {
    const { value, seq } = after as { value?: string; seq?: string };
    return [type.replace('alert.', ''), ...(value ? [value] : []), ...(seq ? [`at ${seq}`] : [])].join(' ');
  });
}
