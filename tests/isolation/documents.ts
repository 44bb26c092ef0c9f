import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { encodePosition } from '#core/events/activity-position';
import { schema } from '#graph/schema';
import type { Coverage } from './coverage.ts';
import { type Hole, InputValues, literal, type Value } from './input-values.ts';
import type { Random } from './random.ts';
import { ID_KINDS, type Things } from './references.ts';
import type { Operation } from './transports.ts';

export type OperationKind = 'query' | 'mutation' | 'subscription';

/** An operation with holes. */
export interface Draft {
  kind: OperationKind;
  text: string;
  variables: Record<string, Value>;
  holes: Hole[];
  /** Fields selected, and arguments filled with what is somebody else's. */
  places: string[];
}

type Field = GraphQLField<unknown, unknown>;

const ROOTS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;
const DEPTH = 6;

/** Lists whose cursors hold a number. */
const NUMBERED = /^(Usage|AuditLog|InboxDeliveries)Connection$/;
const LIST = /Connection$/;

/** Mutations that make something of one's own, where a text alone may be somebody else's. */
const MAKES = /^(create|invite|record)/;

/** Composes one operation at random from the schema. */
export class Composer {
  readonly #random: Random;
  readonly #coverage: Coverage;
  readonly #values: InputValues;
  readonly #variables: Record<string, Value> = {};
  readonly #declared: string[] = [];
  readonly #fragments: string[] = [];
  readonly #places: string[] = [];
  #aliases = 0;
  /** How many holes the arguments of the one root have; what is selected below has others. */
  #rootHoles = 0;
  #kind: OperationKind = 'query';

  constructor(random: Random, coverage: Coverage, own: Things) {
    this.#random = random;
    this.#coverage = coverage;
    this.#values = new InputValues(random, coverage, own);
  }

  compose(kind: OperationKind): Draft {
    this.#kind = kind;
    this.#values.ownChance = kind === 'query' ? 0.5 : kind === 'mutation' ? 0.3 : 0.2;
    const roots = this.#roots(kind);
    const fields = roots.map((field) => this.#field(ROOTS[kind], field, DEPTH));
    if (kind === 'mutation' && !MAKES.test(roots[0]?.name ?? '')) this.#estrange();
    const isForeign = this.#values.holes.some(({ own }) => own === null);
    if (kind === 'query' && !isForeign) fields.push(this.#foreignNode());
    if (kind === 'subscription' && !isForeign) this.#estrange();
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    const text = [`${kind} ${declared} { ${fields.join('\n')} }`, ...this.#fragments].join('\n');
    const { holes, places } = this.#values;
    return { kind, text, variables: this.#variables, holes, places: [...this.#places, ...places] };
  }

  #roots(kind: OperationKind): readonly Field[] {
    const all = Object.values(fieldsOf(ROOTS[kind]));
    const choose = (fields: readonly Field[]): Field =>
      this.#coverage.choose(this.#random, fields, ({ name }) => `${ROOTS[kind]}.${name}`);
    if (kind !== 'query') return [choose(all)];
    // An error of a root field without null takes the others with it, so those come alone.
    const isAlone = ({ name, type }: Field): boolean => isNonNullType(type) && name !== 'nodes';
    if (this.#random.chance(0.08)) return [choose(all.filter(isAlone))];
    const shared = all.filter((field) => !isAlone(field));
    return Array.from({ length: 1 + this.#random.below(3) }, () => choose(shared));
  }

  /** At least one id is somebody else's: what is one's own is changed by nobody here. */
  #estrange(): void {
    const holes = this.#values.holes.slice(0, this.#rootHoles);
    const ids = holes.filter(({ kind }) => (ID_KINDS as readonly string[]).includes(kind));
    if (ids.length > 0 && ids.every(({ own }) => own !== null)) this.#random.pick(ids).own = null;
  }

  #foreignNode(): string {
    const { node } = fieldsOf('Query');
    if (!node) throw new Error('There is no node field');
    this.#values.ownChance = 0;
    return this.#field('Query', node, 2);
  }

  #field(type: string, field: Field, depth: number): string {
    const place = `${type}.${field.name}`;
    this.#places.push(place);
    const alias = `a${this.#aliases++}_${field.name}`;
    return `${alias}: ${field.name}${this.#arguments(place, field)} ${this.#selection(getNamedType(field.type), depth)}`;
  }

  #arguments(place: string, field: Field): string {
    const given = field.args.filter((arg) => this.#isGiven(place, arg, field));
    const texts = given.map((arg) => {
      const value = this.#value(`${place}(${arg.name})`, arg, field);
      if (this.#random.chance(0.7)) return `${arg.name}: ${literal(value)}`;
      const name = `v${this.#declared.length}`;
      this.#declared.push(`$${name}: ${arg.type.toString()}`);
      this.#variables[name] = value;
      return `${arg.name}: $${name}`;
    });
    if (place.startsWith(`${ROOTS[this.#kind]}.`)) this.#rootHoles = this.#values.holes.length;
    return texts.length > 0 ? `(${texts.join(', ')})` : '';
  }

  #value(place: string, arg: GraphQLArgument, field: Field): Value {
    // Numbers alone, which say nothing of whose they are: from the beginning.
    if (place === 'Subscription.activity(after)') {
      this.#places.push(place);
      return encodePosition({ number: 0n, seq: 0n });
    }
    const isCursor = arg.name === 'after' || arg.name === 'before';
    if (isCursor && NUMBERED.test(getNamedType(field.type).name)) return this.#values.hole(place, 'number');
    return this.#values.make(place, arg.name, arg.type);
  }

  /** Pages go one way, and whatever is asked for by one name is not asked for by another too. */
  #isGiven(place: string, arg: GraphQLArgument, field: Field): boolean {
    if (isRequiredArgument(arg)) return true;
    if (LIST.test(getNamedType(field.type).name) && /^(first|last|after|before)$/.test(arg.name)) {
      const isBackward = this.#coverage.countOf(`${place}(before)`) < this.#coverage.countOf(`${place}(after)`);
      const [size, cursor] = isBackward ? ['last', 'before'] : ['first', 'after'];
      return arg.name === size || (arg.name === cursor && this.#values.wants(`${place}(${arg.name})`, arg));
    }
    if (place === 'Query.workspace') return arg.name === (this.#aliases % 3 === 0 ? 'slug' : 'id');
    return this.#values.wants(`${place}(${arg.name})`, arg);
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    if (isLeafType(type)) return '';
    if (isAbstractType(type)) {
      const members = [...schema.getPossibleTypes(type)];
      const half = Array.from({ length: Math.ceil(members.length / 2) });
      const some = members.length > 4 ? half.map(() => this.#coverage.choose(this.#random, members, placeOf)) : members;
      this.#places.push(...some.map(placeOf));
      return `{ __typename ${[...new Set(some)].map((member) => this.#spread(member, depth - 1)).join(' ')} }`;
    }
    const chance = this.#random.next();
    if (chance < 0.3) return `{ ${this.#spread(type, depth)} }`;
    return this.#fields(type, depth);
  }

  /** A fragment, named or not. */
  #spread(type: GraphQLNamedType, depth: number): string {
    const fields = this.#fields(type, depth);
    if (this.#random.chance(0.6)) return `... on ${type.name} ${fields}`;
    const name = `F${this.#fragments.length}`;
    // Its place is kept before what it holds is known: fragments hold others.
    this.#fragments.push(`fragment ${name} on ${type.name} ${fields}`);
    return `...${name}`;
  }

  #fields(type: GraphQLNamedType, depth: number): string {
    const all = Object.values(fieldsOf(type.name));
    const within = all.filter((field) => depth > 0 || isPlain(field));
    const chosen = new Set(within.filter(({ name }) => name === 'edges' || name === 'node'));
    // Of what a change answers with, much is asked: most of it is refusals, which cost nothing.
    const count = depth > 3 ? (this.#kind === 'mutation' ? 5 : 3) : 2;
    for (let turn = 0; turn < count && within.length > 0; turn++) {
      chosen.add(this.#coverage.choose(this.#random, within, ({ name }) => `${type.name}.${name}`));
    }
    // What is rarely come by, such as an error within a list, is used when it is.
    const unused = within.filter(({ name }) => this.#coverage.countOf(`${type.name}.${name}`) === 0);
    for (const field of unused.filter(isPlain).slice(0, 3)) chosen.add(field);
    const texts = [...chosen].map((field) => this.#field(type.name, field, depth - 1));
    return `{ ${texts.length > 0 ? texts.join(' ') : '__typename'} }`;
  }
}

const isPlain = ({ type }: Field): boolean => isLeafType(getNamedType(type));

const placeOf = ({ name }: GraphQLObjectType): string => `... on ${name}`;

function fieldsOf(name: string): Record<string, Field> {
  const type = schema.getType(name);
  return isObjectType(type) ? type.getFields() : {};
}

/** The operation with its holes filled. */
export function fill({ text, variables }: Draft, values: readonly string[]): Operation {
  const replace = (holed: string): string => holed.replaceAll(/«(\d+)»/g, (_, index) => values[Number(index)] ?? '');
  return {
    query: replace(text),
    variables: JSON.parse(replace(JSON.stringify(variables))) as Record<string, unknown>,
  };
}
