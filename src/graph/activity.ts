import { describeDecision } from '#core/credits/activity';
import { ValidationFailed } from '#core/errors';
import type { ActivityStep, Happening } from '#core/events/activity';
import { type ActivityPosition, decodePosition, encodePosition } from '#core/events/activity-position';
import type { LedgerEntry } from '#generated/prisma/client';
import { AuditActor } from '#graph/audit-log';
import { builder } from '#graph/builder';
import { publicFacts, publicTargetId } from '#graph/event-facts';
import { LedgerEntryType } from '#graph/ledger';
import { type Ended, follow, type Happened, type LiveStep, unlessEnded, WORKSPACE } from '#graph/live-streams';
import { resumedFrom } from '#graph/resumption';
import { FeedReset, FeedSnapshot, type Snapshot } from '#graph/subscriptions';
import { workspaceOrOwn } from '#graph/workspaces';

interface ActivityChanged {
  type: 'ActivityChange';
  happening: Happening<LedgerEntry>;
}

const ActivityChange = builder.objectRef<ActivityChanged>('ActivityChange').implement({
  description:
    'Something happened in the workspace: a change that the audit log has too, or a decision about its credits that is no plain call. Addresses are in the audit log alone.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Give it as `after` to go on behind this.',
      resolve: ({ happening }) => encodePosition(happening.position),
    }),
    type: t.string({
      description:
        'What happened, such as "api_key.revoked", "member.joined", "credits.granted" or "hold.captured". New types come; pass over what you do not know.',
      resolve: ({ happening }) => happened(happening).type,
    }),
    actor: t.field({
      type: AuditActor,
      description: 'Who did it.',
      resolve: ({ happening }) => happening.event ?? happening.decision,
    }),
    targetId: t.id({
      nullable: true,
      description:
        'Id of what it is about, such as "key_...", "hold_..." or "grant_..."; null where there is none or several. It may be gone since.',
      resolve: ({ happening }) => happened(happening).targetId,
    }),
    before: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What it was, as far as it changed; for a decision about credits the balance before it.',
      resolve: ({ happening }) => happened(happening).before,
    }),
    after: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What it became; for a decision about credits the balance after it, and how much it moved.',
      resolve: ({ happening }) => happened(happening).after,
    }),
    ledgerEntry: t.field({
      type: LedgerEntryType,
      nullable: true,
      description: 'The decision about credits; null for everything else.',
      resolve: ({ happening }) => happening.decision,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it happened.',
      resolve: ({ happening }) => (happening.event ?? happening.decision).createdAt,
    }),
  }),
});

const ActivityEvent = builder.unionType('ActivityEvent', {
  description: 'What activity sends.',
  types: [FeedSnapshot, ActivityChange, FeedReset],
  resolveType: ({ type }) => type,
});

builder.subscriptionField('activity', (t) =>
  t.field({
    type: ActivityEvent,
    description:
      'What happens in a workspace, live: keys, members, invitations, the workspace itself, grants, holds, and whatever else changes; plain calls are told by usageRecorded. For every role, and keys with activity:read.',
    args: {
      workspaceId: t.arg.id({ description: WORKSPACE }),
      after: t.arg.string({
        description:
          'Cursor of the last event you saw: what came after it is replayed first, ordered by time. Left out: the stream begins now.',
      }),
    },
    subscribe: (_root, { workspaceId: id, after }, context) => {
      const workspaceId = workspaceOrOwn(id, context.actor, ['workspaceId']);
      const start = resumedFrom(context, decodePosition) ?? (after == null ? null : positionOf(after));
      const steps = (signal: AbortSignal, from?: string): AsyncIterable<ActivityStep<LedgerEntry>> =>
        context.activity.follow(workspaceId, from === undefined ? start : decodePosition(from), { signal });
      return follow({ action: 'activity:read', workspaceId, steps }, context, stepOf);
    },
    resolve: ({ event }) => unlessEnded(event as Snapshot | ActivityChanged | Ended),
  }),
);

function positionOf(cursor: string): ActivityPosition {
  const position = decodePosition(cursor);
  if (!position)
    throw new ValidationFailed('after is not a cursor of activity: send one that an event of it gave.', ['after']);
  return position;
}

function stepOf(step: ActivityStep<LedgerEntry>): LiveStep {
  const { position, isCaughtUp } = step;
  const cursor = encodePosition(position);
  return { events: eventsOf(step, cursor), cursor, isCaughtUp };
}

function eventsOf(step: ActivityStep<LedgerEntry>, cursor: string): Happened<Snapshot | ActivityChanged>[] {
  switch (step.kind) {
    case 'happening': {
      const { happening } = step;
      return [{ event: { type: 'ActivityChange', happening }, origin: happening, cursor }];
    }
    case 'snapshot':
    case 'reset': {
      const type = step.kind === 'reset' ? 'FeedReset' : 'FeedSnapshot';
      return [{ event: { type, head: step.start.head, cursor }, origin: step.start, cursor }];
    }
    case 'quiet':
      return [];
  }
}

interface PublicFacts {
  type: string;
  targetId: string | null;
  before: object | null;
  after: object | null;
}

function happened({ event, decision }: Happening<LedgerEntry>): PublicFacts {
  if (decision) return describeDecision(decision);
  const { type, before, after } = event;
  return { type, targetId: publicTargetId(event), before: publicFacts(before), after: publicFacts(after) };
}
