/** Credits are decimal texts, times ISO 8601 in UTC, ids the public ones, seqs decimal texts. */
export interface AnnouncementCatalogue {
  'balance.low': { available: string; threshold: string; seq: string };
  'balance.depleted': { available: string; required: string | null; seq: string };
  'credits.granted': { grantId: string | null; credits: string; available: string; seq: string };
  'credits.expired': { grantId: string | null; credits: string; available: string; seq: string };
  'usage.recorded': { entries: readonly AnnouncedCall[]; available: string; seq: string };
  'hold.expired': { holdId: string; apiKeyId: string | null; released: string; available: string; seq: string };
  'api_key.created': { apiKeyId: string; name: string; environment: string; scopes: readonly string[] };
  'api_key.rotated': { apiKeyId: string; lastFour: string; previousEndsAt: string };
  'api_key.revoked': { apiKeyId: string; name: string };
  'member.invited': { invitationId: string; role: string };
  'member.joined': { memberId: string; role: string };
  'member.removed': { memberId: string; role: string; hasLeft: boolean };
  'member.role_changed': { memberId: string; roleBefore: string; role: string };
  'workspace.renamed': { name: string; slug: string; nameBefore: string; slugBefore: string };
  'workspace.deleted': { deletedAt: string; erasesAt: string };
  'alert.fired': {
    alertId: string;
    name: string;
    condition: string;
    value: string;
    threshold: string;
    apiKeyId: string | null;
    isTest: boolean;
  };
  'webhook.disabled': { webhookEndpointId: string; reason: string; failingSince: string | null };
}

/** One call of a batch. */
export interface AnnouncedCall {
  id: string;
  seq: string;
  operation: string | null;
  units: string | null;
  credits: string;
  outcome: string;
  declineReason: string | null;
  environment: string;
  apiKeyId: string | null;
  tag: string | null;
  createdAt: string;
}

export type AnnouncementType = keyof AnnouncementCatalogue;

interface AnnouncementKind<Data> {
  description: string;
  example: Data;
}

const WORKSPACE = '01jdq8zj5ze3wv8s3m6b1x2y4z';
const AT = '2026-11-23T21:31:57.000Z';

/** Every type that others can be told of, with what it means and an example of its data. Names are permanent. */
export const ANNOUNCEMENTS: { readonly [Type in AnnouncementType]: AnnouncementKind<AnnouncementCatalogue[Type]> } = {
  'balance.low': {
    description: 'What can be spent fell below the threshold of the workspace. Once for each time it falls below.',
    example: { available: '49.5', threshold: '50', seq: '1042' },
  },
  'balance.depleted': {
    description:
      'Nothing is left, or a call was declined because too little is: then `required` says what it cost. Once until credits come in again.',
    example: { available: '3', required: '5', seq: '1043' },
  },
  'credits.granted': {
    description: 'Credits came in.',
    example: { grantId: `grant_${WORKSPACE}`, credits: '1000', available: '1003', seq: '1044' },
  },
  'credits.expired': {
    description: 'What was left of a grant expired.',
    example: { grantId: `grant_${WORKSPACE}`, credits: '12.5', available: '990.5', seq: '1045' },
  },
  'usage.recorded': {
    description:
      'Calls were logged, charged or not: up to 100 in the order of their seqs, together as they were read. `seq` is the last of them.',
    example: {
      entries: [
        {
          id: `usage_${WORKSPACE}_1046`,
          seq: '1046',
          operation: 'search.people',
          units: '1',
          credits: '2.5',
          outcome: 'SUCCEEDED',
          declineReason: null,
          environment: 'LIVE',
          apiKeyId: `key_${WORKSPACE}`,
          tag: null,
          createdAt: AT,
        },
      ],
      available: '988',
      seq: '1046',
    },
  },
  'hold.expired': {
    description: 'The time of a hold was over, and what it held went back.',
    example: {
      holdId: `hold_${WORKSPACE}`,
      apiKeyId: `key_${WORKSPACE}`,
      released: '20',
      available: '1008',
      seq: '1047',
    },
  },
  'api_key.created': {
    description: 'An API key was created. The secret is never told.',
    example: { apiKeyId: `key_${WORKSPACE}`, name: 'Production', environment: 'LIVE', scopes: ['usage:write'] },
  },
  'api_key.rotated': {
    description: 'An API key got a new secret; the one before works until `previousEndsAt`.',
    example: { apiKeyId: `key_${WORKSPACE}`, lastFour: 'Wx3z', previousEndsAt: AT },
  },
  'api_key.revoked': {
    description: 'An API key ended for ever.',
    example: { apiKeyId: `key_${WORKSPACE}`, name: 'Production' },
  },
  'member.invited': {
    description: 'Somebody was invited. The address is not told.',
    example: { invitationId: `inv_${WORKSPACE}`, role: 'MEMBER' },
  },
  'member.joined': {
    description: 'Somebody became a member.',
    example: { memberId: `mem_${WORKSPACE}`, role: 'MEMBER' },
  },
  'member.removed': {
    description: 'Somebody is no member any more: removed by others, or left, which `hasLeft` says.',
    example: { memberId: `mem_${WORKSPACE}`, role: 'MEMBER', hasLeft: false },
  },
  'member.role_changed': {
    description: 'A member has another role.',
    example: { memberId: `mem_${WORKSPACE}`, roleBefore: 'MEMBER', role: 'ADMIN' },
  },
  'workspace.renamed': {
    description: 'The workspace has another name or slug.',
    example: { name: 'Acme Search', slug: 'acme-search', nameBefore: 'Acme', slugBefore: 'acme' },
  },
  'workspace.deleted': {
    description: 'The workspace was deleted. Until `erasesAt` an OWNER can restore it.',
    example: { deletedAt: AT, erasesAt: '2026-11-30T21:31:57.000Z' },
  },
  'alert.fired': {
    description: 'The condition of an alert came true.',
    example: {
      alertId: `alert_${WORKSPACE}`,
      name: 'Runway',
      condition: 'RUNWAY_HOURS',
      value: '11.5',
      threshold: '12',
      apiKeyId: null,
      isTest: false,
    },
  },
  'webhook.disabled': {
    description:
      'An endpoint of this workspace is sent nothing any more: it answered 410 (reason GONE), or failed for five days (FAILING).',
    example: { webhookEndpointId: `hook_${WORKSPACE}`, reason: 'FAILING', failingSince: AT },
  },
};

export const ANNOUNCEMENT_TYPES = Object.keys(ANNOUNCEMENTS) as readonly AnnouncementType[];

/** Whether a text is the name of a type. */
export function isAnnouncementType(text: string): text is AnnouncementType {
  return Object.hasOwn(ANNOUNCEMENTS, text);
}
