import { doors, features, generatedRooms, rings, technologies, typesOnlyOutside } from './architecture-tables.ts';
import { findCycles, importGraph, packageOf, readImports, resolveOwn } from './imports.ts';
import type { Import } from './imports.ts';
import { nameOf, readSyntax, visit } from './syntax.ts';
import type { Node, Syntax } from './syntax.ts';
import type { Sources } from './tree.ts';
import type { Violation } from './violation.ts';

type Report = (rule: string, line: number, message: string) => void;

/** Every breach of the two tables, and of the habits about modules, in the sources given. `shipped` is what an installed package has. */
export function checkArchitecture(sources: Sources, shipped: ReadonlySet<string>): Violation[] {
  const found: Violation[] = [];
  const imports = new Map<string, Import[]>();
  for (const [path, source] of sources) {
    // A tool's settings lie beside what they are about, and belong to the tool.
    if (path.endsWith('.config.ts')) continue;
    const report: Report = (rule, line, message) => found.push({ rule, path, line, message });
    const syntax = readSyntax(path, source);
    const list = readImports(syntax);
    imports.set(path, list);
    checkPlace(path, report);
    for (const one of list) checkImport(path, one, sources, shipped, report);
    checkExports(syntax, report);
    if (ringOf(path) !== 'config') checkEnvironment(syntax, report);
  }
  for (const cycle of findCycles(importGraph(imports, sources))) {
    const message = `import cycle: ${cycle.join(' -> ')}. Move what both need into a file below them.`;
    found.push({ rule: 'cycle', path: cycle[0] ?? '', line: 1, message });
  }
  return found;
}

/** The room a path lies in: its ring, or one of the generated rooms; null outside the house. */
function ringOf(path: string): string | null {
  const generated = generatedRooms.find(([prefix]) => path.startsWith(prefix));
  if (generated) return generated[1];
  const [top, first] = path.split('/');
  if (top === 'src' && first !== undefined) return first.replace(/\.tsx?$/, '');
  return top === 'examples' ? 'examples' : null;
}

function checkPlace(path: string, report: Report): void {
  const ring = ringOf(path);
  const feature = featureOf(path);
  const tables = 'tests/house/architecture-tables.ts';
  if (ring === null || !rings[ring])
    report('ring', 1, `this file lies in no ring. Move it, or add its ring to ${tables}.`);
  if (feature !== null && !features[feature])
    report('feature', 1, `${feature} is missing in the feature table of ${tables}.`);
}

function checkImport(path: string, one: Import, sources: Sources, shipped: ReadonlySet<string>, report: Report): void {
  const { specifier, line } = one;
  if (specifier === null)
    return report('unreadable-import', line, 'name the module in a literal, so that it can be checked.');
  const target = resolveOwn(path, specifier);
  // Bundled with the script that names it.
  if (ringOf(path) === 'dashboard' && target?.endsWith('.css')) return;
  if (target === null) return checkPackage(path, one, specifier, shipped, report);
  if (!sources.has(target) && !target.startsWith('src/generated/')) {
    const message = `${specifier} is no file of src. Import the defining file itself, never a folder or what lies outside.`;
    return report('unresolved-import', line, message);
  }
  checkRing(path, one, target, report);
  checkFeature(path, target, line, report);
}

function checkRing(path: string, one: Import, target: string, report: Report): void {
  const from = ringOf(path);
  const to = ringOf(target);
  const rule = from === null ? undefined : rings[from];
  if (from === null || to === null || !rule) return;
  const may = rule.may === '*' ? [to] : [...rule.may, ...(doors[path] ?? [])];
  const allowed = from === to || may.includes(to) || (one.typeOnly && may.includes(`type ${to}`));
  if (!allowed) {
    const as = may.includes(`type ${to}`) ? `values of ${to}; use \`import type\`` : to;
    report('ring', one.line, `${from} may not import ${as}. It may import: ${may.join(', ') || 'nothing of ours'}.`);
  }
  if (from === 'adapters' && to === 'adapters' && adapterOf(path) !== adapterOf(target)) {
    report('ring', one.line, `adapters do not know each other; let main.ts join ${path} and ${target}.`);
  }
  const inside = typesOnlyOutside[target];
  if (inside && !one.typeOnly && !inside.includes(from)) {
    report(
      'ring',
      one.line,
      `only types of ${target} leave ${inside.join(', ')}; use \`import type\`, or call a core function.`,
    );
  }
}

const adapterOf = (path: string): string | undefined => path.split('/')[2]?.replace(/\.tsx?$/, '');

function checkFeature(path: string, target: string, line: number, report: Report): void {
  const to = featureOf(target);
  const from = featureOf(path);
  if (!path.startsWith('src/core/') || to === null || from === to) return;
  const allowed = features[from ?? ''] ?? [];
  if (allowed.includes(to)) return;
  const may = allowed.join(', ') || 'no feature';
  report('feature', line, `core's ${from ?? 'shared files'} may not import ${to}. It may import: ${may}.`);
}

/** The feature folder of a core file; null for files that belong to all features, and outside core. */
function featureOf(path: string): string | null {
  const [, ring, feature, file] = path.split('/');
  return ring === 'core' && file !== undefined ? (feature ?? null) : null;
}

function checkPackage(
  path: string,
  one: Import,
  specifier: string,
  shipped: ReadonlySet<string>,
  report: Report,
): void {
  const ring = ringOf(path);
  const banned = rings[ring ?? '']?.never.find((name) => technologies[name].some((glob) => matches(glob, specifier)));
  if (banned !== undefined) {
    const message = `${ring} knows no ${banned}, so not ${specifier}. Declare a port, or move the code to a ring that may.`;
    report('package', one.line, message);
  }
  const bundled = path.startsWith('src/dashboard/') || ring === 'examples';
  if (!one.typeOnly && !bundled && !specifier.startsWith('node:') && !shipped.has(packageOf(specifier))) {
    report('unshipped', one.line, `${specifier} is missing where the product is installed; make it a dependency.`);
  }
}

function matches(pattern: string, specifier: string): boolean {
  const glob = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return new RegExp(`^${glob}(/.*)?$`).test(specifier);
}

function checkExports(syntax: Syntax, report: Report): void {
  const body = syntax.program.body as Node[];
  for (const node of body) {
    const line = syntax.lineAt(node.start);
    const named = ((node.specifiers ?? []) as Node[]).some((one) => nameOf(one.exported) === 'default');
    if (node.type === 'ExportDefaultDeclaration' || named) {
      report('default-export', line, 'export it by name, so that it has one name everywhere.');
    }
    if (node.type === 'ExportAllDeclaration')
      report('barrel', line, 'import from the defining file instead of `export *`.');
  }
  const exports = body.filter((node) => node.type.startsWith('Export') && !node.declaration);
  const imports = body.filter((node) => node.type === 'ImportDeclaration');
  const onlyPassesOn = exports.length > 0 && exports.length + imports.length === body.length;
  if (onlyPassesOn || /(^|\/)index\.tsx?$/.test(syntax.path)) {
    report(
      'barrel',
      1,
      'this file only passes others on, or is named index: import from the defining file and name files by noun.',
    );
  }
}

/** Reading the environment in two places makes a setting that no start-up check has seen. */
function checkEnvironment(syntax: Syntax, report: Report): void {
  visit(syntax.program, (node) => {
    const member = node.type === 'MemberExpression' && isProcess(node.object) && nameOf(node.property) === 'env';
    const taken =
      node.type === 'VariableDeclarator' && isProcess(node.init) && hasKey(node.id as Node, 'properties', 'key');
    const source = node.type === 'ImportDeclaration' ? nameOf(node.source) : null;
    const imported = /^(node:)?process$/.test(source ?? '') && hasKey(node, 'specifiers', 'imported');
    if (member || taken || imported) {
      report(
        'environment',
        syntax.lineAt(node.start),
        'only src/config.ts reads the environment; take the value as an argument.',
      );
    }
  });
}

function isProcess(value: unknown): boolean {
  return nameOf(value) === 'process' || nameOf((value as Node | null)?.property) === 'process';
}

function hasKey(node: Node, list: string, field: string): boolean {
  return ((node[list] ?? []) as Node[]).some((one) => nameOf(one[field]) === 'env');
}
