import type { Credits } from '#core/credits/credits';
import type { Db } from '#core/db';
import type { Bus } from '#core/events/bus';
import { DeliveryCharging } from '#core/inboxes/charging';
import { type Inboxes, openInboxes } from '#core/inboxes/inboxes';
import { Reception } from '#core/inboxes/reception';
import type { WindowCounter } from '#core/quotas/counter';
import { Guesses } from '#core/quotas/guesses';
import type { Quotas } from '#core/quotas/quotas';
import type { Sealer } from '#core/sealing';

/** Addresses of inboxes that nobody has, and how many of them one sender may try in a minute. */
const UNKNOWN_INBOXES = { name: 'unknown-inboxes', perMinute: 300 };

export interface InboxParts {
  inboxes: Inboxes;
  reception: Reception;
  close(): Promise<void>;
}

/** Inboxes with their public side, and with what charges for events. */
export function composeInboxes(parts: {
  db: Db;
  bus: Bus;
  sealer: Sealer;
  credits: Credits;
  quotas: Quotas;
  counter: WindowCounter;
  publicUrl: string;
  onError: (error: unknown) => void;
}): InboxParts {
  const charging = new DeliveryCharging(parts);
  const guard = new Guesses(parts.counter, UNKNOWN_INBOXES);
  return {
    inboxes: openInboxes(parts),
    reception: new Reception({ ...parts, guard, onDue: (delivery) => charging.begin(delivery) }),
    close: () => charging.close(),
  };
}
