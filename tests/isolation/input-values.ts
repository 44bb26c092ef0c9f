import {
  getNamedType,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { MADE } from './callers.ts';
import type { Coverage } from './coverage.ts';
import type { Random } from './random.ts';
import { ID_KINDS, type IdKind, type Kind, type Things } from './references.ts';

/** A place in an operation for the name of something; of somebody else's unless it says which of the caller's own. */
export interface Hole {
  kind: Kind;
  own: string | null;
}

/** An enum value, which a literal writes without quotes. */
export class EnumName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  toJSON(): string {
    return this.name;
  }
}

/** A value as variables carry it; holes are «0», «1» and so on. */
export type Value = string | number | boolean | EnumName | Value[] | { [name: string]: Value };

/** Texts that name something, by the name of their argument or input field. */
const REFERRING: Readonly<Record<string, Kind>> = {
  slug: 'slug',
  search: 'name',
  token: 'token',
  apiKey: 'secret',
  email: 'email',
  idempotencyKey: 'idempotencyKey',
  after: 'cursor',
  before: 'cursor',
  'DeleteWorkspaceInput.name': 'name',
  // Any text of that shape will do, as long as no two are the same.
  'CreateInboxInput.name': 'idempotencyKey',
};

/** Texts that name nothing. Nothing of somebody else's is written into what is the caller's own. */
const PLAIN: Readonly<Record<string, string>> = {
  name: MADE,
  operation: 'search.people',
  type: 'api_key.created',
  scopes: 'usage:read',
  signingSecret: 'whsec_aSecretThatEveryProviderCouldHaveMadeItselfYes=',
  mailedAddresses: 'by-chance@example.com',
  timeZone: 'Europe/Berlin',
  url: 'https://example.com/hook',
  description: MADE,
  time: '2026-01-01T00:00:00.000Z',
  since: '2020-01-01T00:00:00.000Z',
  until: '2040-01-01T00:00:00.000Z',
  expiresAt: '2040-01-01T00:00:00.000Z',
};

/** What is always given, so that the rest comes to be asked for. */
const GIVEN: ReadonlySet<string> = new Set([
  'RecordUsageInput.credits',
  'UsageItemInput.credits',
  'CreateHoldInput.credits',
  'ExtendHoldInput.seconds',
]);

const STEMS: Readonly<Record<string, readonly IdKind[]>> = {
  keepSession: ['Session'],
  actor: ['User', 'ApiKey'],
  delivery: ['InboxDelivery', 'WebhookDelivery'],
};

/** Whether an argument or input field of this name and type names something. */
export function refersToThings(name: string, type: GraphQLNamedType): boolean {
  return type.name === 'ID' || type.name === 'Seq' || (type.name === 'String' && name in REFERRING);
}

/** Makes values for the arguments of one operation and keeps what they refer to. */
export class InputValues {
  readonly holes: Hole[] = [];
  readonly places: string[] = [];
  readonly #random: Random;
  readonly #coverage: Coverage;
  readonly #own: Things;
  /** How likely an id is the caller's own. */
  ownChance = 0;

  constructor(random: Random, coverage: Coverage, own: Things) {
    this.#random = random;
    this.#coverage = coverage;
    this.#own = own;
  }

  make(place: string, name: string, type: GraphQLInputType): Value {
    if (isNonNullType(type)) return this.make(place, name, type.ofType);
    if (isListType(type)) {
      return Array.from({ length: 1 + this.#random.below(3) }, () => this.make(place, name, type.ofType));
    }
    if (isEnumType(type)) return new EnumName(this.#random.pick(type.getValues()).name);
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isRequiredInputField(field) || this.#isGiven(`${type.name}.${field.name}`, field),
      );
      return Object.fromEntries(
        fields.map((field) => [field.name, this.make(`${type.name}.${field.name}`, field.name, field.type)]),
      );
    }
    return this.#scalar(place, name, type);
  }

  /** Whether to give what may be left out. What names nothing mostly is: a filter leaves little to be seen. */
  wants(place: string, { name, type }: { name: string; type: GraphQLInputType }): boolean {
    if (isInputObjectType(type)) return this.#random.chance(0.6);
    if (!refersToThings(name, getNamedType(type))) return this.#random.chance(0.2);
    return this.#random.chance(this.#coverage.countOf(place) < 3 ? 0.8 : 0.4);
  }

  /** What decides whether a call is one at all is always there. */
  #isGiven(place: string, field: GraphQLInputField): boolean {
    return GIVEN.has(place) || this.wants(place, field);
  }

  /** A hole for a text, or for an id of the kind that its name says. */
  hole(place: string, kind: Kind, own: string | null = null): string {
    if (own === null) this.places.push(place);
    return `«${this.holes.push({ kind, own }) - 1}»`;
  }

  #scalar(place: string, name: string, type: GraphQLInputType): Value {
    const kind = REFERRING[place] ?? REFERRING[name];
    switch (getNamedType(type).name) {
      case 'ID':
        return this.#id(place, name);
      case 'Seq':
        return this.hole(place, 'seq');
      case 'Int':
        return 1 + this.#random.below(3);
      case 'Float':
        return 1;
      case 'Boolean':
        return this.#random.chance(0.5);
      case 'JSONObject':
        return { note: 'by chance' };
      case 'Credits':
      case 'Units':
        return '1';
      default:
        if (kind) return this.hole(place, kind);
        return PLAIN[name] ?? 'by chance';
    }
  }

  #id(place: string, name: string): string {
    const stem = name.replace(/Ids?$/, '');
    const [first = '', ...rest] = stem;
    const named = ID_KINDS.find((kind) => kind === first.toUpperCase() + rest.join(''));
    const likely = named ? [named] : (STEMS[stem] ?? ID_KINDS);
    const kinds = this.#random.chance(0.9) ? likely : ID_KINDS;
    const owned = kinds.filter((kind) => this.#own[kind].length > 0);
    if (owned.length > 0 && this.#random.chance(this.ownChance)) {
      const kind = this.#random.pick(owned);
      return this.hole(place, kind, this.#random.pick(this.#own[kind]));
    }
    return this.hole(place, this.#random.pick(kinds));
  }
}

/** A value as a literal of the query language. */
export function literal(value: Value): string {
  if (value instanceof EnumName) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${name}: ${literal(item)}`)
    .join(', ')} }`;
}
