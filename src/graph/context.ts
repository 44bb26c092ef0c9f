import type { Access } from '#core/access/access';
import type { Actor } from '#core/access/actor';
import type { KeyVerifier } from '#core/api-keys/verification';
import type { Credits } from '#core/credits/credits';
import type { Db } from '#core/db';
import type { ActivityFeeds } from '#core/events/activity';
import type { Bus } from '#core/events/bus';
import type { Feeds } from '#core/events/feed';
import type { InboxHead, InboxRow } from '#core/inboxes/feed-reader';
import type { Inboxes } from '#core/inboxes/inboxes';
import type { Invitations } from '#core/members/invitations';
import type { Outbound } from '#core/outbound';
import type { OperationQuota } from '#core/quotas/operation-quota';
import type { Sealer } from '#core/sealing';
import type { LedgerEntry } from '#generated/prisma/client';

/** What the resolvers of one operation, or of one event of a subscription, work with. */
export interface Context {
  db: Db;
  actor: Actor;
  access: Access;
  credits: Credits;
  keys: KeyVerifier;
  invitations: Invitations;
  inboxes: Inboxes;
  inboxFeeds: Feeds<InboxRow, InboxHead>;
  feeds: Feeds<LedgerEntry>;
  activity: ActivityFeeds<LedgerEntry>;
  bus: Bus;
  /** What an EventSource that comes back has heard last: a cursor that wins over `after`, which its URL only repeats. */
  lastEventId: string | null;
  sealer: Sealer;
  /** Says which URLs may be sent to; the worker does the sending. */
  outbound: Pick<Outbound, 'problemOf'>;
  /** What the operation takes of its caller's requests in a minute. */
  quota: OperationQuota;
  /**
   * Who the caller is by now and what they may do, the same for all that one credential opened until something changes.
   * @throws Unauthenticated when the credential died meanwhile.
   */
  recheck(): Promise<Access>;
  /** A context in which nothing is remembered of earlier events. */
  within(access: Access): Context;
}
