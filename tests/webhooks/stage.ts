import { randomUUID } from 'node:crypto';
import { openAesSealer } from '#adapters/aes-sealer';
import { openGuardedHttp } from '#adapters/guarded-http';
import type { AnnouncementType } from '#core/announcements/catalogue';
import { takeStep } from '#core/announcements/step';
import { openIntegrationCarrier } from '#core/integrations/carrier';
import type { Mail } from '#core/mail';
import { openWebhookCarrier } from '#core/webhooks/carrier';
import { Courier } from '#core/webhooks/courier';
import { createWebhookEndpoint, type EndpointSettings } from '#core/webhooks/endpoints';
import { webhookListener } from '#core/webhooks/listener';
import type { Disabled } from '#core/webhooks/settlement';
import { parseAddressRange } from '#lib/cidr';
import { openWorld, type TestWorkspace, type World } from '../world/world.ts';
import { openReceiver, type Receiver } from './receiver.ts';

/** A world with a receiver, and a courier whose time stands still until it is told. */
export interface Stage {
  world: World;
  receiver: Receiver;
  courier: Courier;
  disabled: Disabled[];
  mails: Mail[];
  means: { sealer: ReturnType<typeof openAesSealer>; outbound: ReturnType<typeof openGuardedHttp> };
  /** What time it is for the courier and the receiver. */
  setClock(at: Date): void;
  clock(): Date;
  makeEndpoint(
    workspace: TestWorkspace,
    settings?: Partial<EndpointSettings> & { path?: string },
  ): Promise<{ id: string; path: string; secret: string }>;
  grant(workspace: TestWorkspace, times?: number): Promise<void>;
  /** Writes down everything that is to be told. */
  write(workspace: TestWorkspace): Promise<void>;
  /** Writes down everything that is to be told, and attempts what is due, until nothing is. */
  tell(workspace: TestWorkspace): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const world = await openWorld();
  let at = new Date();
  const clock = (): Date => at;
  const receiver = await openReceiver({ clock });
  const outbound = openGuardedHttp({
    allowedRanges: [parseAddressRange('127.0.0.0/8')!],
    ports: [{ first: 1, last: 65_535 }],
    timeoutMs: 3_000,
  });
  const sealer = openAesSealer({ current: Buffer.alloc(32, 7) });
  const disabled: Disabled[] = [];
  const mails: Mail[] = [];
  const courier = openCourier(world, { sealer, outbound, clock, disabled, mails });
  return {
    world,
    receiver,
    courier,
    disabled,
    mails,
    means: { sealer, outbound },
    clock,
    setClock(time) {
      at = time;
    },
    async makeEndpoint({ workspaceId, owner }, { path = `/${randomUUID()}`, ...settings } = {}) {
      const permit = await world.permit(owner, 'webhooks:write', workspaceId);
      const eventTypes: AnnouncementType[] = ['credits.granted'];
      const all = { url: receiver.url + path, description: '', eventTypes, isOrdered: false, ...settings };
      const made = await createWebhookEndpoint(
        world.db,
        permit,
        { ...all, idempotencyKey: randomUUID() },
        { sealer, outbound },
      );
      receiver.secrets.set(path, made.secret ?? '');
      return { id: made.webhookEndpointId, path, secret: made.secret ?? '' };
    },
    async grant({ workspaceId }, times = 1) {
      const permit = await world.permit(world.operator, 'credits:grant', workspaceId);
      const terms = { credits: 1n, source: 'PROMOTION' } as const;
      for (let done = 0; done < times; done++)
        await world.credits.grantCredits(permit, { ...terms, idempotencyKey: randomUUID() });
    },
    write: (workspace) => writeDown(world, workspace),
    async tell(workspace) {
      await writeDown(world, workspace);
      // What is written down is due by the real time.
      if (at < new Date()) at = new Date();
      await courier.look(null);
      await courier.idle();
    },
    async close() {
      await courier.close();
      await outbound.close();
      await receiver.close();
      await world.close();
    },
  };
}

async function writeDown({ db }: World, { workspaceId }: TestWorkspace): Promise<void> {
  const listener = webhookListener(() => undefined);
  while (await takeStep(db, [listener], workspaceId));
}

function openCourier(
  { db }: World,
  { disabled, clock, mails, ...means }: Stage['means'] & Pick<Stage, 'clock' | 'disabled' | 'mails'>,
): Courier {
  const mailer = { send: async (mail: Mail) => void mails.push(mail) };
  const publicUrl = 'https://commonpurse.example';
  return new Courier({
    db,
    clock,
    carriers: {
      webhooks: openWebhookCarrier(means),
      integrations: openIntegrationCarrier({ db, ...means, mailer, publicUrl }),
    },
    onDisabled: (one) => void disabled.push(one),
    // A database that is slow to answer is one of the things it works through.
    onError: () => undefined,
  });
}
