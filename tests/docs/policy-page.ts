import { POLICY, ROLES } from '#core/access/policy';

const yes = (is: boolean): string => (is ? 'x' : '');

/** docs/policy.md as the table of rights in src/core/access/policy.ts has it. */
export function renderPolicyPage(): string {
  const rows = Object.entries(POLICY).map(([action, { roles, scopes, operator }]) => {
    const held: readonly string[] = roles;
    const sufficient = scopes.map((scope) => `\`${scope}\``).join(', ') || 'none';
    return [`\`${action}\``].concat(
      ROLES.map((role) => yes(held.includes(role))),
      sufficient,
      yes(operator),
    );
  });
  const head = ['action', ...ROLES, 'API key with one of', 'operator'];
  return [
    '# Who may do what',
    '',
    'Generated from `src/core/access/policy.ts` by `npm run test:unit -- tests/docs/pages.test.ts --update`.',
    '',
    'A member of a workspace may do what their role carries. An API key may do what one of its scopes allows, and never',
    'more than the present role of the member who created it. An operator token works in every workspace. To everyone',
    'else a workspace and what is in it do not exist: the answer is NOT_FOUND, or null.',
    '',
    ...renderTable(head, rows),
    '',
    'Setting prices (`setOperation`), listing all workspaces (`workspaces`) and verifying keys (`verifyApiKey`) concern no one',
    'workspace: operators only. Creating a workspace is for signed-in people.',
    '',
  ].join('\n');
}

/** Padded as the formatter wants it. */
function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, column) =>
    Math.max(...[name, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
