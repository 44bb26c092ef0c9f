import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './tree.ts';

const planted = `
  async function save(): Promise<void> {
    await Promise.resolve();
  }
  export default function go(value: any): void {
    save();
    try {
      value();
    } catch {}
  }`;

interface LintReport {
  diagnostics: readonly { code: string }[];
}

// Type-aware rules fall silent, not over, when the type checker beside the linter is missing or reads no project.
it('lint sees a floating promise, an any, a default export and an empty catch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'commonpurse-lint-'));
  try {
    for (const file of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(root, file), join(folder, file));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/planted.ts'), planted);
    const oxlint = join(root, 'node_modules/.bin/oxlint');
    const { stdout } = spawnSync(oxlint, ['--format', 'json', 'src'], { cwd: folder, encoding: 'utf8' });
    const codes = (JSON.parse(stdout) as LintReport).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining([
        'typescript(no-floating-promises)',
        'typescript(no-explicit-any)',
        'typescript(no-unsafe-call)',
        'import(no-default-export)',
        'eslint(no-empty)',
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
