import { expect, test } from 'vitest';
import { POLICY } from '#core/access/policy';
import { ALLOWED } from '../../src/dashboard/shell/roles.ts';

test('the dashboard offers each role exactly what the policy lets it do', () => {
  const roles = Object.fromEntries(
    Object.keys(ALLOWED).map((action) => [action, POLICY[action as keyof typeof POLICY].roles]),
  );
  expect(ALLOWED).toEqual(roles);
});
