import { decisionReader } from '#core/credits/activity';
import { ledgerFeedReader } from '#core/credits/feed-reader';
import type { Db } from '#core/db';
import { AccessVersions } from '#core/events/access-versions';
import { ActivityFeeds } from '#core/events/activity';
import type { Bus } from '#core/events/bus';
import { eventFeedReader } from '#core/events/event-feed-reader';
import { Feeds } from '#core/events/feed';
import { inboxFeedReader, type InboxHead, type InboxRow } from '#core/inboxes/feed-reader';
import type { LedgerEntry } from '#generated/prisma/client';

interface OpenedFeeds {
  /** Of the ledger. */
  feeds: Feeds<LedgerEntry>;
  /** Of the ledger and the events together. */
  activity: ActivityFeeds<LedgerEntry>;
  inboxFeeds: Feeds<InboxRow, InboxHead>;
  close: () => void;
}

/** What is followed live, over one database and one bus. */
export function openFeeds({ db, bus, onError }: { db: Db; bus: Bus; onError: (error: unknown) => void }): OpenedFeeds {
  const past = { events: eventFeedReader(db), decisions: decisionReader(db) };
  const versions = new AccessVersions();
  const feeds = new Feeds({ bus, reader: ledgerFeedReader(db), versions, onError });
  const events = new Feeds({ bus, reader: past.events, news: 'events', versions, onError });
  const inboxFeeds = new Feeds({ bus, reader: inboxFeedReader(db), news: 'inbox', versions, onError });
  return {
    feeds,
    inboxFeeds,
    activity: new ActivityFeeds({ events, ledger: feeds, past }),
    close() {
      feeds.close();
      events.close();
      inboxFeeds.close();
    },
  };
}
