import { sayCrossing } from '#core/alerts/conditions';
import type { AnnouncementCatalogue, AnnouncementType } from '#core/announcements/catalogue';
import { encodeAnnouncementId } from '#core/ids';
import { pageLink } from '#core/links';
import { oneLine } from '#core/names';
import type { Claim } from '#core/webhooks/claims';
import type { AlertCondition } from '#generated/prisma/enums';
import { parseMicro } from '#lib/micro';

/** What is told, for people: every provider says the same in its own form. Plain text throughout. */
export interface Message {
  /** The same in every attempt. */
  id: string;
  type: AnnouncementType;
  /** One sentence. */
  title: string;
  isWarning: boolean;
  isTest: boolean;
  /** Name of the workspace. */
  workspace: string;
  /** Where to look. */
  link: string;
  occurredAt: Date;
  /** As machines read it. */
  data: unknown;
}

const WARNINGS: ReadonlySet<AnnouncementType> = new Set([
  'balance.low',
  'balance.depleted',
  'alert.fired',
  'webhook.disabled',
  'workspace.deleted',
]);

type Sentences = { readonly [Type in AnnouncementType]: (data: AnnouncementCatalogue[Type]) => string };

const quote = (name: string): string => `"${oneLine(name, 'no name')}"`;

const SENTENCES: Sentences = {
  'balance.low': ({ available, threshold }) => `The balance is low: ${available} credits, below ${threshold}.`,
  'balance.depleted': ({ available, required }) =>
    required === null
      ? 'The balance is used up.'
      : `A call was declined: it costs ${required} credits, and ${available} are left.`,
  'credits.granted': ({ credits, available }) => `${credits} credits came in; ${available} can be spent.`,
  'credits.expired': ({ credits, available }) => `${credits} credits expired; ${available} can be spent.`,
  'usage.recorded': ({ entries, available }) =>
    `${entries.length} ${entries.length === 1 ? 'call was' : 'calls were'} logged; ${available} credits can be spent.`,
  'hold.expired': ({ released }) => `A hold expired; ${released} credits went back.`,
  'api_key.created': ({ name, environment }) => `The ${environment} key ${quote(name)} was created.`,
  'api_key.rotated': ({ lastFour }) => `An API key has a new secret, which ends in ${lastFour}.`,
  'api_key.revoked': ({ name }) => `The key ${quote(name)} was revoked.`,
  'member.invited': ({ role }) => `Somebody was invited as ${role}.`,
  'member.joined': ({ role }) => `Somebody joined as ${role}.`,
  'member.removed': ({ role, hasLeft }) => (hasLeft ? `A member (${role}) left.` : `A member (${role}) was removed.`),
  'member.role_changed': ({ roleBefore, role }) => `A member who was ${roleBefore} is now ${role}.`,
  'workspace.renamed': ({ name, nameBefore }) => `The workspace ${quote(nameBefore)} is now called ${quote(name)}.`,
  'workspace.deleted': ({ erasesAt }) => `The workspace was deleted. It can be restored until ${erasesAt}.`,
  'alert.fired': ({ name, condition, value, threshold, isTest }) => {
    if (isTest) return `This is a test of the alert ${quote(name)}.`;
    // It is announced with the condition and the values that it was recorded with.
    const crossing = { value: parseMicro(value) ?? 0n, threshold: parseMicro(threshold) ?? 0n };
    return `The alert ${quote(name)} fired. ${sayCrossing(condition as AlertCondition, crossing)}`;
  },
  'webhook.disabled': ({ reason }) =>
    reason === 'GONE'
      ? 'A webhook endpoint was disabled: it answered 410 Gone.'
      : 'A webhook endpoint was disabled: it failed for five days.',
};

/** What a delivery tells, in words. */
export function messageOf(
  {
    announcementId,
    type,
    data,
    isTest,
    occurredAt,
  }: Pick<Claim, 'announcementId' | 'type' | 'data' | 'isTest' | 'occurredAt'>,
  { workspace, publicUrl }: { workspace: { name: string; slug: string }; publicUrl: string },
): Message {
  // An announcement is stored with the data of its type.
  const known = type as AnnouncementType;
  const sentence = (SENTENCES[known] as (data: unknown) => string)(data);
  return {
    id: encodeAnnouncementId(announcementId),
    type: known,
    title: isTest ? `Test: ${sentence}` : sentence,
    isWarning: !isTest && WARNINGS.has(known),
    isTest,
    workspace: oneLine(workspace.name, 'a workspace'),
    link: pageLink('overview', { slug: workspace.slug, publicUrl }),
    occurredAt,
    data,
  };
}
