import {
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { schema } from '#graph/schema';
import { isPlain, MUTATIONS, OBJECTS, OWN } from './expectations.ts';

/** One field of one type, with a way to it from a root. */
export interface FieldCell {
  name: string;
  operation: 'query' | 'subscription';
  /** Name of the root field: where it has no null, the cell needs a request of its own. */
  root: string;
  /** A selection of the root that reads nothing but this field, under the name `value`. */
  selection: string;
  /** What is asked on the way, in order: `Type.field` and `Type`. */
  steps: string[];
}

/** Argument texts by `Type.field`, for those that need some, or that answer with another type for some. */
export type Arguments = Readonly<Record<string, string>>;

interface Route {
  operation: 'query' | 'subscription';
  root: string;
  steps: string[];
  wrap: (inner: string) => string;
}

/** Ways to a type that say more than the shortest: through somebody else's hands, or with fewer rights on the way. */
const VIA: Readonly<Record<string, string>> = {
  User: 'Member.user',
  FeedSnapshot: 'Subscription.usageRecorded',
  FeedBookmark: 'Subscription.usageRecorded',
  FeedReset: 'Subscription.usageRecorded',
};

const isStructural = (name: string): boolean => /(Connection|Edge|^PageInfo)$/.test(name);
const possibleTypes = (type: GraphQLNamedType): readonly GraphQLObjectType[] =>
  isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
const isError = (type: GraphQLObjectType): boolean => type.getInterfaces().some(({ name }) => name === 'UserError');

export const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

/** What a mutation answers with when nothing refuses it. */
export function payloadOf(mutation: GraphQLField<unknown, unknown>): GraphQLObjectType {
  const payload = possibleTypes(getNamedType(mutation.type)).find((type) => !isError(type));
  if (!payload) throw new Error(`${mutation.name} answers with errors alone`);
  return payload;
}

const payloads = new Set(mutations.map((mutation) => payloadOf(mutation).name));

/** Types that are read, as opposed to answers of mutations, refusals and pages. */
const readTypes = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !type.name.startsWith('__') && type !== schema.getMutationType())
  .filter((type) => !payloads.has(type.name) && !isError(type));

/** One line for each field or mutation without an expectation, and for each expectation of what is no more. */
export function gaps(): string[] {
  const where = 'tests/graph/rights/expectations.ts';
  const declared = new Set(Object.keys(OBJECTS).flatMap((type) => fieldNames(type).map((field) => `${type}.${field}`)));
  const known = new Set(
    readTypes.flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)),
  );
  const named = new Set(mutations.map(({ name }) => name));
  return [
    ...[...known]
      .filter((name) => !declared.has(name) && !isPlain(...(name.split('.') as [string, string])))
      .map((name) => `${name} has no expectation: say in OBJECTS of ${where} who may read it.`),
    ...[...named]
      .filter((name) => !(name in MUTATIONS))
      .map((name) => `Mutation ${name} has no expectation: say in MUTATIONS of ${where} who may do it.`),
    ...[...declared].filter((name) => !known.has(name)).map((name) => `${name} is no more: take it out of ${where}.`),
    ...Object.keys(MUTATIONS)
      .filter((name) => !named.has(name))
      .map((name) => `Mutation ${name} is no more: take it out of ${where}.`),
  ];
}

function fieldsOf(name: string): Record<string, GraphQLField<unknown, unknown>> {
  const type = schema.getType(name);
  return isObjectType(type) ? type.getFields() : {};
}

function fieldNames(type: string): string[] {
  const { plain = '', fields = {} } = OBJECTS[type] ?? {};
  return [...plain.split(' ').filter((name) => name !== ''), ...Object.keys(fields)];
}

/** Every field of every type that is read. */
export function fieldCells(ids: Readonly<Record<string, string>>, args: Arguments): FieldCell[] {
  const routes = routesTo(ids, args);
  return readTypes.flatMap((type) => {
    const route = routes.get(type.name);
    if (!route)
      throw new Error(`No way to ${type.name} is known: name a field that answers with it in VIA of documents.ts`);
    return Object.values(type.getFields()).flatMap((field): FieldCell[] => {
      if (type.name === 'Subscription' || `${type.name}.${field.name}` === 'Query.node') return [];
      const { text, steps } = read(type.name, field, args);
      const isRoot = type === schema.getQueryType();
      return [
        {
          name: `${type.name}.${field.name}`,
          operation: route.operation,
          root: isRoot ? field.name : route.root,
          selection: isRoot ? text : route.wrap(`__typename value: ${text}`),
          steps: [...route.steps, ...steps],
        },
      ];
    });
  });
}

/** A field with its arguments and, of what it answers with, one plain leaf. */
function read(type: string, field: GraphQLField<unknown, unknown>, args: Arguments): { text: string; steps: string[] } {
  const step = `${type}.${field.name}`;
  const leaf = leafOf(getNamedType(field.type));
  const steps = OWN.includes(step) ? [] : leaf.steps;
  return { text: `${field.name}${argumentsOf(step, field, args)} ${leaf.text}`, steps: [step, ...steps] };
}

/** The whole payload of a mutation, one plain leaf of each of its objects. */
export function payloadSelection(payload: GraphQLObjectType, args: Arguments): string {
  const fields = Object.values(payload.getFields()).map((field) => read(payload.name, field, args).text);
  return `... on ${payload.name} { ${fields.join(' ')} }`;
}

function leafOf(type: GraphQLNamedType): { text: string; steps: string[] } {
  if (isLeafType(type)) return { text: '', steps: [] };
  if (!isObjectType(type)) {
    const members = possibleTypes(type).map((member) => `... on ${member.name} ${leafOf(member).text}`);
    return { text: `{ __typename ${members.join(' ')} }`, steps: [] };
  }
  const fields = Object.values(type.getFields());
  const onward = fields.find(({ name }) => name === 'edges' || name === 'node');
  if (isStructural(type.name) && onward) {
    const { text, steps } = leafOf(getNamedType(onward.type));
    return { text: `{ ${onward.name} ${text} }`, steps };
  }
  const plain = fields.find((field) => isLeafType(getNamedType(field.type)) && isPlain(type.name, field.name));
  return { text: `{ ${plain?.name ?? '__typename'} }`, steps: [type.name] };
}

function argumentsOf(step: string, field: GraphQLField<unknown, unknown>, args: Arguments): string {
  const given = args[step];
  if (given !== undefined) return `(${given})`;
  const missing = field.args.find(isRequiredArgument);
  if (missing) throw new Error(`${step} needs ${missing.name}: give it in ARGUMENTS of tests/graph/rights/targets.ts`);
  return field.args.some(({ name }) => name === 'first') ? '(first: 1)' : '';
}

/** The way to each type: by its id where it has one, else by the shortest way. */
function routesTo(ids: Readonly<Record<string, string>>, args: Arguments): Map<string, Route> {
  const routes = new Map<string, Route>([
    ['Query', { operation: 'query', root: '', steps: [], wrap: (inner) => inner }],
    ['Subscription', { operation: 'subscription', root: '', steps: [], wrap: (inner) => inner }],
  ]);
  for (const type of readTypes.filter((each) => each.getInterfaces().some(({ name }) => name === 'Node'))) {
    const id = ids[type.name];
    if (!id)
      throw new Error(`There is no ${type.name} to ask for: give the id of one in tests/graph/rights/targets.ts`);
    const steps = ['Query.node', type.name];
    const wrap = (inner: string): string => `node(id: "${id}") { ... on ${type.name} { ${inner} } }`;
    routes.set(type.name, { operation: 'query', root: 'node', steps, wrap });
  }
  for (const [name, from] of routes) {
    for (const field of Object.values(fieldsOf(name))) extend(routes, { name, from, field, args });
  }
  return routes;
}

interface Extension {
  name: string;
  from: Route;
  field: GraphQLField<unknown, unknown>;
  args: Arguments;
}

function extend(routes: Map<string, Route>, { name, from, field, args }: Extension): void {
  const step = `${name}.${field.name}`;
  for (const target of possibleTypes(getNamedType(field.type))) {
    if (routes.has(target.name) || (VIA[target.name] ?? step) !== step) continue;
    const wrap = (inner: string): string => {
      const text = argumentsOf(`${step}:${target.name}` in args ? `${step}:${target.name}` : step, field, args);
      return from.wrap(`${field.name}${text} { ... on ${target.name} { ${inner} } }`);
    };
    const steps = [...from.steps, step, target.name];
    routes.set(target.name, { operation: from.operation, root: from.root || field.name, steps, wrap });
  }
}
