import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** What the image's last stage takes from its build, as paths from the root. */
export function imagePaths(): string[] {
  const dockerfile = readFileSync(join(checkout, 'Dockerfile'), 'utf8');
  return Array.from(dockerfile.matchAll(/^COPY --from=build \/app\/(\S+) /gm), ([, path = '']) => path);
}

/** Lays out in a folder what the image holds, and migrations (names to SQL) that only this release has. */
export function makeRelease(folder: string, migrations: Readonly<Record<string, string>> = {}): string {
  const { PATH = '', HOME = '' } = process.env;
  // The tests' own `source` condition must not reach the launcher.
  const built = spawnSync(process.execPath, ['bin/commonpurse.mjs', 'prepare'], { cwd: checkout, env: { PATH, HOME } });
  if (built.status !== 0) throw new Error(`The build failed: ${built.stderr.toString()}`);
  for (const path of imagePaths()) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path === 'node_modules') symlinkSync(join(checkout, path), target);
    else cpSync(join(checkout, path), target, { recursive: true });
  }
  for (const [name, sql] of Object.entries(migrations)) {
    const target = join(folder, 'prisma/migrations', name);
    mkdirSync(target);
    writeFileSync(join(target, 'migration.sql'), sql);
  }
  return folder;
}
