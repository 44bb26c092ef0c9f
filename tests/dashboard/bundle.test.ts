import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { buildDashboard } from './browser.ts';

const folder = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
const MAIN_BYTES_MAX = 220_000;

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
}

let manifest: Record<string, Chunk>;
beforeAll(() => {
  buildDashboard();
  manifest = JSON.parse(readFileSync(`${folder}.vite/manifest.json`, 'utf8')) as typeof manifest;
}, 120_000);

/** What a first visit waits for: the entry and all that it imports without being asked. */
function firstLoad(): string[] {
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry === true) ?? '';
  const names = new Set([entry]);
  for (const name of names) for (const next of manifest[name]?.imports ?? []) names.add(next);
  return Array.from(names, (name) => manifest[name]?.file ?? '');
}

test('the scripts of the first load are 220 kB at most, compressed', () => {
  const bytes = firstLoad().reduce((sum, file) => sum + statSync(`${folder}${file}.gz`).size, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(MAIN_BYTES_MAX);
});

test('charts come with the pages that draw them', () => {
  const scripts = firstLoad().map((file) => readFileSync(`${folder}${file}`, 'utf8'));
  expect(scripts.filter((script) => script.includes('uplot'))).toEqual([]);
});

test('nothing of it loads from another host', () => {
  const html = readFileSync(`${folder}index.html`, 'utf8');
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  const styles = Object.values(manifest).flatMap(({ file }) => (file.endsWith('.css') ? [file] : []));
  for (const file of styles) expect(readFileSync(`${folder}${file}`, 'utf8')).not.toMatch(/url\(["']?(https?:)?\/\//);
});
