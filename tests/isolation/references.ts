import { randomUUID } from 'node:crypto';
import { mintSecret } from '#core/access/secret';
import { decodeEntryId, decodeId, encodeEntryId, encodeId, type IdType } from '#core/ids';
import { randomBase62 } from '#lib/base62';
import type { Random } from './random.ts';

/** What a value of an operation can refer to. */
export const ID_KINDS = [
  'Workspace',
  'Member',
  'Invitation',
  'ApiKey',
  'CreditGrant',
  'Hold',
  'Inbox',
  'InboxDelivery',
  'Alert',
  'WebhookEndpoint',
  'WebhookDelivery',
  'Integration',
  'UsageEntry',
  'User',
  'Session',
  'AuditEvent',
] as const;
export const TEXT_KINDS = [
  'slug',
  'name',
  'token',
  'secret',
  'email',
  'idempotencyKey',
  'cursor',
  'number',
  'seq',
] as const;
export type IdKind = (typeof ID_KINDS)[number];
export type Kind = IdKind | (typeof TEXT_KINDS)[number];

/** Texts by which one tenant's things can be asked for. */
export type Things = Record<Kind, string[]>;

export const noThings = (): Things =>
  Object.fromEntries([...ID_KINDS, ...TEXT_KINDS].map((kind) => [kind, [] as string[]])) as Things;

/** Which bearer secrets a hole may hold: whoever knows one may be told apart from whoever guesses, by work if not by words. */
export const BEARERS: readonly Kind[] = ['token', 'secret'];

const FAR = 5_000_000n;

export const cursorOf = (key: string): string => Buffer.from(`c1:${key}`).toString('base64url');

/**
 * Texts of the same kind and shape for things that never were: the same for the same within one operation. Ids differ in
 * their random digits alone, so that they sort where the real ones do.
 */
export class Absences {
  readonly #random: Random;
  readonly #known = new Map<string, string>();
  /** Whether numbered things are of a workspace that never was, or beyond what theirs has reached. */
  readonly #isElsewhere: boolean;

  constructor(random: Random) {
    this.#random = random;
    this.#isElsewhere = random.chance(0.5);
  }

  like(kind: Kind, text: string): string {
    return this.#remember(`${kind} ${text}`, () => this.#make(kind, text));
  }

  #make(kind: Kind, text: string): string {
    switch (kind) {
      case 'slug':
      case 'name':
        return `${text.slice(0, -6)}${this.#random.digits(6)}`;
      case 'token':
        return randomBase62(32);
      case 'secret':
        return mintSecret('cp_live_').text;
      case 'email':
        return `zy${this.#random.digits(8)}@example.com`;
      case 'idempotencyKey':
        return randomUUID();
      case 'cursor':
        return cursorOf(this.#uuid(Buffer.from(text, 'base64url').toString('utf8').slice(3)));
      // Beyond every number that there is, as the real ones are beyond those of whoever asks.
      case 'number':
        return cursorOf(`${BigInt(Buffer.from(text, 'base64url').toString('utf8').slice(3)) + FAR}`);
      case 'seq':
        return `${BigInt(text) + FAR}`;
      case 'UsageEntry':
        return this.#entry(text);
      case 'AuditEvent':
        return this.#entry(text.replace('event_', 'usage_')).replace('usage_', 'event_');
      case 'Workspace':
      case 'Member':
      case 'Invitation':
      case 'ApiKey':
      case 'CreditGrant':
      case 'Hold':
      case 'Inbox':
      case 'InboxDelivery':
      case 'Alert':
      case 'WebhookEndpoint':
      case 'WebhookDelivery':
      case 'Integration':
      case 'User':
      case 'Session':
        return this.#id(kind, text);
    }
  }

  #id(type: IdType, text: string): string {
    const uuid = decodeId(type, text);
    if (uuid === null) throw new Error(`${text} is no ${type}`);
    return encodeId(type, this.#uuid(uuid));
  }

  #uuid(uuid: string): string {
    return this.#remember(uuid, () => `${uuid.slice(0, 24)}${this.#random.digits(12)}`);
  }

  #entry(text: string): string {
    const entry = decodeEntryId(text);
    if (!entry) throw new Error(`${text} is no entry`);
    const { workspaceId, seq } = entry;
    return this.#isElsewhere
      ? encodeEntryId({ workspaceId: this.#uuid(workspaceId), seq })
      : encodeEntryId({ workspaceId, seq: seq + FAR });
  }

  #remember(name: string, make: () => string): string {
    const made = this.#known.get(name) ?? make();
    this.#known.set(name, made);
    return made;
  }
}
