import { posix } from 'node:path';
import { isNode, nameOf, visit } from './syntax.ts';
import type { Node, Syntax } from './syntax.ts';
import type { Sources } from './tree.ts';

export interface Import {
  /** null when the specifier is computed, so that nobody can tell what it reaches. */
  specifier: string | null;
  typeOnly: boolean;
  line: number;
}

/** Every way of reaching another module, types included: they couple two rings as firmly as values do. */
export function readImports(syntax: Syntax): Import[] {
  const found: Import[] = [];
  const add = (node: Node, source: unknown, typeOnly: boolean): void => {
    const specifier = isNode(source) && source.type !== 'Identifier' ? nameOf(source) : null;
    found.push({ specifier, typeOnly, line: syntax.lineAt(node.start) });
  };
  visit(syntax.program, (node) => {
    if (node.type === 'ImportDeclaration') add(node, node.source, node.importKind === 'type');
    else if (node.type === 'ExportAllDeclaration') add(node, node.source, node.exportKind === 'type');
    else if (node.type === 'ExportNamedDeclaration' && node.source) {
      add(node, node.source, node.exportKind === 'type');
    } else if (node.type === 'ImportExpression') add(node, node.source, false);
    else if (node.type === 'TSImportType') add(node, node.source, true);
    else if (node.type === 'TSExternalModuleReference') add(node, node.expression, false);
    else if (node.type === 'CallExpression' && nameOf(node.callee) === 'require') {
      add(node, (node.arguments as Node[])[0], false);
    }
  });
  return found;
}

/** Where a specifier of ours points, as a path from the root; null for a package. Mirrors "imports" in package.json. */
export function resolveOwn(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}.ts`;
  return null;
}

/** `@scope/name/sub` and `name/sub` without the subpath. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** One list of paths for each import cycle met, its first file named again at the end. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const follow = (path: string): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) cycles.push([...trail.slice(seenAt), path]);
    if (seenAt !== -1 || done.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) follow(next);
    trail.pop();
    done.add(path);
  };
  for (const path of graph.keys()) follow(path);
  return cycles;
}

export function importGraph(imports: ReadonlyMap<string, readonly Import[]>, sources: Sources): Map<string, string[]> {
  return new Map(
    Array.from(imports, ([path, list]) => {
      const targets = list.map(({ specifier }) => (specifier === null ? null : resolveOwn(path, specifier)));
      return [path, targets.filter((target): target is string => target !== null && sources.has(target))];
    }),
  );
}
