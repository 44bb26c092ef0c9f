import { readFileSync } from 'node:fs';
import { type GraphQLNamedType, isEnumType, isObjectType, isScalarType, isUnionType } from 'graphql';
import { expect, test } from 'vitest';
import { printPublicSchema, schema } from '#graph/schema';

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

// The relay plugin's own pieces, whose meaning is the specification's.
const BUILT_IN =
  /^(String|Int|Boolean|ID|Float)$|^Node\.id|^PageInfo\.|Connection\.(edges|pageInfo)$|Edge\.(cursor|node)$|\.id$|\((first|last|before|after|id|ids)\)$/;

test('schema.graphql is what the code serves; "npm run schema" writes it', () => {
  const committed = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
  expect(
    printPublicSchema() === committed,
    'schema.graphql is out of date: run "npm run schema" and review the diff',
  ).toBe(true);
});

test('everything in the schema is described for its reader', () => {
  const described = types.flatMap((type) => describedParts(type));
  expect(described.length).toBeGreaterThan(150);
  expect(described.filter(([name, text]) => !text && !BUILT_IN.test(name)).map(([name]) => name)).toEqual([]);
});

test('mutations are verb first, take one input and answer with a union of their own', () => {
  expect(mutations.length).toBeGreaterThan(5);
  for (const { name, args, type } of mutations) {
    const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    expect(name).toMatch(
      /^(create|rename|revoke|set|grant|record|update|delete|restore|remove|invite|accept|transfer|void|adjust|refund|assign|rotate|leave|change|resend|enable|disable|test|verify|extend|capture|release|deactivate|claim|acknowledge|mute|send|replay|connect|disconnect)[A-Z]/,
    );
    expect(args.map((arg) => `${arg.name}: ${String(arg.type)}`)).toEqual([`input: ${title}Input!`]);
    expect(String(type)).toBe(`${title}Result!`);
    const result = schema.getType(`${title}Result`);
    const members = isUnionType(result) ? result.getTypes() : [];
    expect(members.map(String)).toContain(`${title}Payload`);
    const refusals = members.filter((member) => member.name !== `${title}Payload`);
    for (const refusal of refusals) expect(refusal.getInterfaces().map(String)).toContain('UserError');
  }
});

test('enum values are upper case, fields and arguments lower camel case', () => {
  const values = types.flatMap((type) => (isEnumType(type) ? type.getValues().map(({ name }) => name) : []));
  const fields = types.flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : []));
  expect(values.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))).toEqual([]);
  expect(fields.filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([]);
});

test('every refusal of a result union is a code that clients can know', () => {
  const codes = schema.getType('ErrorCode');
  const known = isEnumType(codes) ? codes.getValues().map(({ name }) => name) : [];
  const refusals = types.filter(
    (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'UserError'),
  );
  expect(refusals.length).toBeGreaterThan(4);
  for (const { name } of refusals) expect(known).toContain(name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase());
});

function describedParts(type: GraphQLNamedType): [string, string | null | undefined][] {
  const parts: [string, string | null | undefined][] = [];
  // A result union is explained by the field that answers with it.
  if (!(isUnionType(type) && type.name.endsWith('Result'))) parts.push([type.name, type.description]);
  if (isEnumType(type))
    for (const { name, description } of type.getValues()) parts.push([`${type.name}.${name}`, description]);
  if (isScalarType(type) || isEnumType(type) || isUnionType(type)) return parts;
  for (const field of Object.values(type.getFields())) {
    const name = `${type.name}.${field.name}`;
    parts.push([name, field.description]);
    if ('args' in field) for (const arg of field.args) parts.push([`${name}(${arg.name})`, arg.description]);
  }
  return parts;
}
