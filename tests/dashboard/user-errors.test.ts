import { readFileSync } from 'node:fs';
import { buildSchema, isInterfaceType } from 'graphql';
import { expect, test } from 'vitest';
import { USER_ERRORS } from '../../src/dashboard/api/user-errors.ts';

test('the dashboard knows every type of refusal, or its forms would not say what is wrong', () => {
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  const refusal = schema.getType('UserError');
  const types = isInterfaceType(refusal) ? schema.getPossibleTypes(refusal).map(({ name }) => name) : [];
  expect(USER_ERRORS).toEqual(types.toSorted());
});
