#!/usr/bin/env node
// The launcher: prepares what is missing in a checkout, then hands over to the built command line. Plain JavaScript with
// nothing but Node.js, since it runs before anything of ours is built and is the first to meet an unfit machine.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (/** @type {string[]} */ ...path) => join(root, ...path);
const scratch = inRoot('.tmp');
// What npm really installed: it stands for the versions of every tool and type that a step uses.
const installed = inRoot('node_modules', '.package-lock.json');
const dashboard = inRoot('dist', 'dashboard');
const LOCK_WAIT_MAX_MS = 180_000;

/** Why the launcher cannot go on, in words for the person who started it: no stack is shown. */
class Unprepared extends Error {}

try {
  requireNode();
  await prepare();
  if (process.argv[2] !== 'prepare') await import(pathToFileURL(inRoot('dist', 'cli', 'main.js')).href);
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  console.error(`commonpurse: ${error.message}`);
  process.exitCode = 1;
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Unprepared(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.`);
}

/** Makes generated code and dist match the sources. Does nothing in an installed package, which has no src. */
async function prepare() {
  if (!existsSync(inRoot('src'))) return;
  requirePackages('dependencies');
  if (steps().every(isFresh)) return;
  requirePackages('devDependencies');
  const release = await lock();
  try {
    // Asked again at each step: whoever held the lock may have done the work, and a step may change the next one's inputs.
    for (const step of steps()) if (!isFresh(step)) run(step);
  } finally {
    release();
  }
}

function requirePackages(/** @type {'dependencies' | 'devDependencies'} */ kind) {
  const text = readFileSync(inRoot('package.json'), 'utf8');
  const manifest = /** @type {Record<string, Record<string, string>>} */ (JSON.parse(text));
  const missing = Object.keys(manifest[kind] ?? {}).filter(
    (name) => !existsSync(inRoot('node_modules', name, 'package.json')),
  );
  if (missing.length === 0) return;
  const names = missing.slice(0, 3).join(', ') + (missing.length > 3 ? `, and ${missing.length - 3} more` : '');
  throw new Unprepared(`packages are missing (${names}). Run: npm install`);
}

/**
 * A step is fresh when its stamp holds the hash of its inputs; contents, not times, since a checkout changes times.
 * @typedef {{ doing: string, stamp: string, inputs: string[], work: () => void }} Step
 * @returns {Step[]}
 */
function steps() {
  const stamped = inRoot('src', 'generated', 'prisma', '.stamp');
  return [
    {
      doing: 'generating the Prisma client',
      stamp: stamped,
      inputs: [...filesIn('prisma', /\.prisma$|\.config\.ts$|\.mjs$/), installed],
      work: () => command(process.execPath, [inRoot('prisma', 'generate.mjs')]),
    },
    {
      doing: 'building',
      stamp: inRoot('dist', '.stamp'),
      inputs: [...filesIn('src', /(?<!\.md)$/, /^(generated|dashboard)$/), stamped, inRoot('tsconfig.json'), installed],
      work: build,
    },
    ...(existsSync(inRoot('src', 'dashboard'))
      ? [
          {
            doing: 'building the dashboard',
            stamp: inRoot('dist', 'dashboard', '.stamp'),
            inputs: [...filesIn('src/dashboard', /(?<!\.md|tsconfig\.json)$/), installed],
            work: buildDashboard,
          },
        ]
      : []),
  ];
}

/** @returns {string[]} */
function filesIn(/** @type {string} */ folder, /** @type {RegExp} */ wanted, skipped = /^$/) {
  return readdirSync(inRoot(folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return wanted.test(entry.name) ? [inRoot(path)] : [];
      return skipped.test(entry.name) ? [] : filesIn(path, wanted);
    })
    .toSorted();
}

function fingerprint(/** @type {string[]} */ inputs) {
  const hash = createHash('sha256');
  for (const path of inputs) {
    const content = existsSync(path) ? readFileSync(path) : 'absent';
    hash.update(`\0${relative(root, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function isFresh(/** @type {Step} */ { stamp, inputs }) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(inputs);
}

function run(/** @type {Step} */ { doing, stamp, inputs, work }) {
  const started = Date.now();
  console.error(`commonpurse: ${doing} ...`);
  const hash = fingerprint(inputs);
  // Without its stamp, a step that dies half-way is done again.
  rmSync(stamp, { force: true });
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  console.error(`commonpurse: ${doing} took ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Built aside and moved into place whole, so that nobody meets half a dist. */
function build() {
  const fresh = join(scratch, `dist-${process.pid}`);
  try {
    command(process.execPath, [
      inRoot('node_modules', 'typescript', 'bin', 'tsc'),
      '--project',
      inRoot('src', 'tsconfig.build.json'),
      '--outDir',
      fresh,
    ]);
    const assets = filesIn('src', /(?<!\.tsx?|\.md|tsconfig.*\.json|\.stamp)$/, /^dashboard$/);
    for (const asset of assets) cpSync(asset, join(fresh, relative(inRoot('src'), asset)));
    // The dashboard is built for itself: it stays.
    if (existsSync(dashboard)) renameSync(dashboard, join(fresh, 'dashboard'));
    rmSync(inRoot('dist'), { recursive: true, force: true });
    renameSync(fresh, inRoot('dist'));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function buildDashboard() {
  const fresh = join(scratch, `dashboard-${process.pid}`);
  try {
    command(process.execPath, [
      inRoot('node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      inRoot('src', 'dashboard'),
      '--outDir',
      fresh,
    ]);
    rmSync(dashboard, { recursive: true, force: true });
    renameSync(fresh, dashboard);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function command(/** @type {string} */ file, /** @type {string[]} */ args) {
  // What is built is the product, whoever starts the build: under NODE_ENV=test React would be its development version.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, signal, error, stdout, stderr } = spawnSync(file, args, { cwd: root, encoding: 'utf8', env });
  if (error) throw new Unprepared(`${file} did not start: ${error.message}`);
  if (status === 0) return;
  const output = `${stdout}${stderr}`.trim();
  throw new Unprepared(`${relative(root, args[0] ?? file)} failed (${signal ?? `exit ${status}`}):\n${output}`);
}

/**
 * One preparer at a time. The lock is a file linked into place with its owner's pid already inside, so a waiter never
 * reads a half-written one and can tell the lock of a dead process.
 * @returns {Promise<() => void>}
 */
async function lock() {
  mkdirSync(scratch, { recursive: true });
  const path = join(scratch, 'prepare.lock');
  const mine = join(scratch, `prepare.${randomUUID()}`);
  writeFileSync(mine, String(process.pid));
  const giveUpAt = Date.now() + LOCK_WAIT_MAX_MS;
  try {
    for (let waited = false; !tryLink(mine, path); waited = true) {
      const owner = ownerOf(path);
      if (owner !== null && !isAlive(owner)) rmSync(path, { force: true });
      else if (Date.now() > giveUpAt)
        throw new Unprepared(`process ${owner} holds ${path}; stop it or delete the file.`);
      else if (!waited) console.error(`commonpurse: process ${owner} is preparing; waiting ...`);
      await sleep(50);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(path, { force: true });
}

function tryLink(/** @type {string} */ from, /** @type {string} */ to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(/** @type {string} */ path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    // Released between our try and this look.
    return null;
  }
}

function isAlive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
