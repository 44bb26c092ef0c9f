import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig, variableNames } from '#config';
import { readYaml, type Values } from './compose-file.ts';
import { imagePaths } from './release.ts';
import { ENTRY_COMMAND } from './topology.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8').replaceAll(/\\\n\s*/g, '');
const instructions = (name: string): string[] =>
  Array.from(dockerfile.matchAll(new RegExp(`^${name} (.+)$`, 'gm')), ([, rest = '']) => rest);
const compose = readYaml(readFileSync('compose.yaml', 'utf8'));
const services = compose['services'] as Record<string, Values>;
const nodes = Object.entries(services).filter(([name]) => name.startsWith('node-'));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test('the image runs the command that the tests run, and not as root', () => {
  const [entry = ''] = instructions('ENTRYPOINT');
  const [command = ''] = instructions('CMD');
  expect([...(JSON.parse(entry) as string[]), ...(JSON.parse(command) as string[])]).toEqual(ENTRY_COMMAND);
  expect(scripts['start']).toBe(ENTRY_COMMAND.join(' '));
  expect(instructions('USER')).toEqual(['node']);
});

test('the image is built from what is there, by scripts that exist', () => {
  const sources = instructions('COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(' ').slice(0, -1));
  expect(sources.filter((path) => !existsSync(path))).toEqual([]);
  const sent = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+$/gm);
  expect(sent?.toSorted()).toEqual(sources.toSorted());
  const run = Array.from(dockerfile.matchAll(/npm run (\w+)/g), ([, name = '']) => name);
  expect(run.filter((name) => !(name in scripts))).toEqual([]);
  // Built there, not copied in.
  const made = new Set(['dist', 'node_modules']);
  const kept = imagePaths().filter((path) => !made.has(path));
  expect(kept.filter((path) => !sources.some((source) => path === source || path.startsWith(`${source}/`)))).toEqual(
    [],
  );
});

test('what the image sets is what the product reads', () => {
  const names = instructions('ENV').flatMap((rest) => Array.from(rest.matchAll(/(\w+)=/g), ([, name = '']) => name));
  expect(names.filter((name) => ![...variableNames, 'NODE_ENV'].includes(name))).toEqual([]);
});

test('both nodes are one image with one environment, which the product accepts', () => {
  expect(nodes).toHaveLength(2);
  expect(nodes[0]?.[1]).toEqual(nodes[1]?.[1]);
  const [, node = {}] = nodes[0] ?? [];
  expect(node).toMatchObject({ image: 'commonpurse', build: '.' });
  // The image's own command and health check hold.
  expect(Object.keys(node).filter((key) => /^(command|entrypoint|healthcheck)$/.test(key))).toEqual([]);
  expect(instructions('HEALTHCHECK')).toHaveLength(1);
  const given = node['environment'] as Record<string, string>;
  expect(Object.keys(given).filter((name) => !(variableNames as readonly string[]).includes(name))).toEqual([]);
  const secret = randomBytes(32).toString('base64');
  const env = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value
        .replaceAll(/\$\{\w+:-([^}]+)\}/g, '$1')
        .replaceAll(/\$\{\w+:\?[^}]+\}/g, name === 'DATABASE_URL' ? 'x' : secret),
    ]),
  );
  expect(readConfig(env)).toMatchObject({ trustProxy: { kind: 'hops', hops: 1 }, redisUrl: 'redis://redis:6379' });
});

test('whoever needs another waits until it is healthy', () => {
  const waits = Object.values(services).flatMap((service) => Object.entries((service['depends_on'] ?? {}) as Values));
  expect(waits.length).toBeGreaterThan(0);
  for (const [name, wait] of waits) {
    expect(wait).toEqual({ condition: 'service_healthy' });
    expect(nodes.some(([node]) => node === name) || services[name]?.['healthcheck']).toBeTruthy();
  }
});

test('the proxy knows every node, asks whether it is ready and holds nobody to one', () => {
  const { caddyfile } = compose['configs'] as Record<string, Values>;
  const text = caddyfile?.['content'] as string;
  const [, upstreams = ''] = /reverse_proxy (.+) \{/.exec(text) ?? [];
  expect(upstreams.split(' ')).toEqual(nodes.map(([name]) => `${name}:4000`));
  expect(text).toContain('lb_policy round_robin');
  expect(text).toContain('health_uri /readyz');
  expect(text).toContain('flush_interval -1');
});
