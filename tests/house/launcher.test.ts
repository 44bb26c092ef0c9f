import { execFile, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from './tree.ts';

/** A project of four files around the real launcher, the real compiler and the real build configuration. */
const files = {
  'src/lib/greeting.ts': `export const greeting: string = 'hello';`,
  'src/cli/page.html': '<p>an asset</p>',
  'src/cli/main.ts': `
    import { readFileSync } from 'node:fs';
    import { greeting } from '#lib/greeting';
    import { client } from '../generated/prisma/client.ts';
    const page = readFileSync(new URL('page.html', import.meta.url), 'utf8');
    console.log(greeting, client, page, process.argv.slice(2).join());`,
  'prisma/schema.prisma': 'model A {}',
  'prisma/generate.mjs': `
    import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync('src/generated/prisma', { recursive: true });
    writeFileSync('src/generated/prisma/client.ts', "export const client = 'client';");
    appendFileSync('generated.log', 'x');`,
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commonpurse-launcher-'));
  for (const path of ['bin/commonpurse.mjs', 'tsconfig.json', 'src/tsconfig.build.json']) {
    cpSync(join(root, path), join(folder, path));
  }
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: unknown };
  write(
    'package.json',
    JSON.stringify({ type: 'module', imports, dependencies: {}, devDependencies: { typescript: '7' } }),
  );
  for (const [path, text] of Object.entries(files)) write(path, text);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** NODE_OPTIONS is emptied: the tests' own `source` condition would make the launcher run src instead of dist. */
const options = () => ({ cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } }) as const;

function launch(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['bin/commonpurse.mjs', ...args], options());
}

function launchInBackground(): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['bin/commonpurse.mjs'], options());
}

const timesGenerated = (): number => readFileSync(join(folder, 'generated.log'), 'utf8').length;

describe('the launcher', () => {
  it('generates, builds and runs a fresh checkout, telling its progress apart from the output', () => {
    const { status, stdout, stderr } = launch('start', '--port=1');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello client <p>an asset</p> start,--port=1\n' });
    expect(stderr).toMatch(/generating the Prisma client took [\d.]+ s\n.*building \.\.\.\n.*building took/s);
    expect(readdirSync(join(folder, '.tmp'))).toEqual([]);
  });

  it('prepares once, and again only what a change concerns', () => {
    expect(launch('prepare').status).toBe(0);
    expect(launch('prepare')).toMatchObject({ status: 0, stdout: '', stderr: '' });

    write('src/lib/greeting.ts', `export const greeting: string = 'good day';`);
    const afterCode = launch();
    expect(afterCode.stdout).toMatch(/^good day/);
    expect(timesGenerated()).toBe(1);

    appendFileSync(join(folder, 'prisma/schema.prisma'), 'model B {}');
    expect(launch().stderr).toMatch(/generating.*building/s);
    expect(timesGenerated()).toBe(2);
  });

  it('drops from dist what left src', () => {
    write('src/lib/gone.ts', 'export const gone = 1;');
    launch('prepare');
    expect(existsSync(join(folder, 'dist/lib/gone.js'))).toBe(true);
    rmSync(join(folder, 'src/lib/gone.ts'));
    launch('prepare');
    expect(existsSync(join(folder, 'dist/lib/gone.js'))).toBe(false);
  });

  it('lets two starts at once share one preparation', async () => {
    const both = await Promise.all([launchInBackground(), launchInBackground()]);
    for (const { stdout } of both) expect(stdout).toMatch(/^hello client/);
    expect(timesGenerated()).toBe(1);
    expect(both.filter(({ stderr }) => stderr.includes('building took'))).toHaveLength(1);
  });

  it('takes over the lock of a dead process', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    write('.tmp/prepare.lock', String(pid));
    expect(launch().status).toBe(0);
  });

  it('shows a type error, keeps the last good build and tries again next time', () => {
    launch('prepare');
    write('src/lib/greeting.ts', `export const greeting: string = 1;`);
    for (const attempt of [1, 2]) {
      const { status, stderr } = launch();
      expect({ attempt, status }).toEqual({ attempt, status: 1 });
      expect(stderr).toMatch(/src\/lib\/greeting\.ts\(1,14\): error TS2322/);
      expect(stderr).not.toMatch(/at .*commonpurse\.mjs/);
    }
    expect(existsSync(join(folder, 'dist/lib/greeting.js'))).toBe(true);
  });

  it('names the packages that are missing and the command that brings them', () => {
    write('package.json', JSON.stringify({ type: 'module', dependencies: { 'not-there': '1' }, devDependencies: {} }));
    expect(launch()).toMatchObject({ status: 1, stdout: '' });
    expect(launch().stderr).toBe('commonpurse: packages are missing (not-there). Run: npm install\n');
  });

  it('prepares nothing where there are no sources', () => {
    launch('prepare');
    rmSync(join(folder, 'src'), { recursive: true });
    rmSync(join(folder, 'node_modules'));
    expect(launch()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^hello client/) });
  });
});
