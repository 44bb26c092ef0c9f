import { parseSync } from 'oxc-parser';
import type { Comment, ParseResult } from 'oxc-parser';

/** A syntax node, seen only through the fields that every ESTree node has; the rules narrow by `type`. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

export interface Syntax {
  path: string;
  source: string;
  program: Node;
  comments: readonly Comment[];
  lineAt: (offset: number) => number;
}

/** TypeScript 7 has no compiler API, so a parser of its own reads the sources. A file that it cannot read throws: nothing passes unseen. */
export function readSyntax(path: string, source: string): Syntax {
  const result: ParseResult = parseSync(path, source, { preserveParens: false });
  const fault = result.errors[0];
  if (fault) throw new SyntaxError(`${path}: ${fault.message}`);
  const newlines: number[] = [];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) newlines.push(at);
  return {
    path,
    source,
    program: result.program as unknown as Node,
    comments: result.comments,
    lineAt: (offset) => newlines.filter((newline) => newline < offset).length + 1,
  };
}

/** Visits every node, parents before children. */
export function visit(node: Node, see: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  see(node, parent);
  for (const value of Object.values(node)) {
    if (isNode(value)) visit(value, see, node);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) visit(item, see, node);
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The name of an identifier or the value of a string literal, which is how both `a.b` and `a.b` name a member. */
export function nameOf(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === 'Identifier') return value.name as string;
  return value.type === 'Literal' && typeof value.value === 'string' ? value.value : null;
}
