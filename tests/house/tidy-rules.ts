import { isNode, nameOf, readSyntax, visit } from './syntax.ts';
import type { Node, Syntax } from './syntax.ts';
import { isTypeScript } from './tree.ts';
import type { Sources } from './tree.ts';
import type { Violation } from './violation.ts';

export const limits = { fileLines: 300, functionLines: 60, rootEntries: 22 };

type Report = (rule: string, line: number, message: string) => void;

/** Sizes, names, comments and leftovers of the files given; each message names the repair. */
export function checkTidiness(sources: Sources): Violation[] {
  const found: Violation[] = checkRoot(Array.from(sources.keys()));
  for (const [path, source] of sources) {
    const report: Report = (rule, line, message) => found.push({ rule, path, line, message });
    checkText(path, source, report);
    // Committed output of a generator: its shape is the generator's business.
    if (path.includes('/generated/')) continue;
    checkName(path, report);
    if (isCode(path)) checkCode(readSyntax(path, source), report);
  }
  return found;
}

const isCode = (path: string): boolean => isTypeScript(path) || path.endsWith('.mjs');

function checkRoot(paths: readonly string[]): Violation[] {
  const entries = new Set(paths.map((path) => path.split('/')[0] ?? path));
  if (entries.size <= limits.rootEntries) return [];
  const message = `${entries.size} entries, ${limits.rootEntries} at most: move tool configuration beside what it configures.`;
  return [{ rule: 'root-entries', path: '.', line: 1, message }];
}

const drawers = /^(utils?|helpers?|common|managers?|services?|misc|v\d+|old|legacy)$/;
const kebab = /^\$?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

function checkName(path: string, report: Report): void {
  const [top] = path.split('/');
  // Prisma names its migration folders itself, and the rest of the root is named by its tools.
  if (!/^(src|tests|bench|examples|prisma|bin)$/.test(top ?? '') || path.startsWith('prisma/migrations/')) return;
  for (const segment of path.split('/')) {
    if (/^(README\.md|Dockerfile|\..+)$/.test(segment)) continue;
    if (!kebab.test(segment)) report('name', 1, `${segment}: files and folders are kebab-case nouns.`);
    const drawer = segment.split(/[-.]/).find((word) => drawers.test(word));
    if (drawer)
      report('name', 1, `"${drawer}" is a drawer, not a noun: name what the code is about, and split it by that.`);
  }
}

const banned: readonly [rule: string, pattern: RegExp, message: string][] = [
  [
    'machine-path',
    /\/(work|root)\/|\/(home|Users)\/[a-z]/,
    'this path exists on one machine only; write it relative to the project.',
  ],
  [
    'registry',
    /registry\.(npmjs|yarnpkg)\.|npm\.pkg\.github|"resolved":\s*"http/,
    'leave the choice of package registry to whoever installs.',
  ],
  [
    'invisible',
    /[\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/,
    'an invisible character; write it as an escape or a plain space.',
  ],
  ['conflict', /^(<{7}|>{7}) /m, 'a merge conflict was committed.'],
];

function checkText(path: string, source: string, report: Report): void {
  for (const [rule, pattern, message] of banned) {
    const at = source.search(pattern);
    if (at !== -1) report(rule, source.slice(0, at).split('\n').length, message);
  }
  const todo = path.endsWith('.md') || isCode(path) ? -1 : source.search(leftover);
  if (todo !== -1) report('leftover', source.slice(0, todo).split('\n').length, leftoverMessage);
}

const leftover = /\b(TODO|FIXME|XXX|HACK)\b/;
const leftoverMessage = 'do it now, or open an issue and leave no note.';

function checkCode(syntax: Syntax, report: Report): void {
  const lines = syntax.source.replace(/\n$/, '').split('\n').length;
  if (lines > limits.fileLines) {
    report(
      'file-length',
      limits.fileLines,
      `${lines} lines, ${limits.fileLines} at most: split it by noun or verb family, never by number.`,
    );
  }
  checkComments(syntax, report);
  visit(syntax.program, (node, parent) => {
    checkFunction(syntax, node, parent, report);
    checkTestCall(syntax, node, report);
  });
  if (syntax.path.startsWith('src/core/')) checkPromises(syntax, report);
}

function checkComments(syntax: Syntax, report: Report): void {
  for (const { type, value, start } of syntax.comments) {
    const line = syntax.lineAt(start);
    if (leftover.test(value)) report('leftover', line, leftoverMessage);
    if (/keep (this |these |it |them )?in sync/i.test(value)) {
      report('sync', line, 'generate one from the other, or test that they agree.');
    }
    if (/@ts-(ignore|nocheck)/.test(value))
      report('silencer', line, 'use @ts-expect-error with the reason, or mend the type.');
    if (/@ts-expect-error\s*$/.test(value))
      report('silencer', line, 'say after @ts-expect-error why the error is right.');
    if (/(oxlint|eslint)-disable(?!.* -- \S+ \S+)/.test(value)) {
      report('silencer', line, 'say why, after ` -- `, or mend the code.');
    }
    if (type === 'Line' && /[;{}]\s*$/.test(value) && isStatement(value)) {
      report('dead-code', line, 'code in a comment: delete it, git remembers.');
    }
  }
}

function isStatement(text: string): boolean {
  const words = /^\s*[a-z]+ [a-z]+ [a-z]+/i.test(text);
  if (words && !/^\s*(const|let|export|import|return|await|if|for|throw)\b/.test(text)) return false;
  try {
    readSyntax('comment.ts', text.replace(/^\s*return\b/, '').replace(/\{\s*$/, '{}'));
    return true;
  } catch {
    return false;
  }
}

function checkFunction(syntax: Syntax, node: Node, parent: Node | null, report: Report): void {
  if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
  // A suite is a list of tests and a table of fields is data; the functions inside them are counted one by one.
  const isSuite = parent?.type === 'CallExpression' && rootName(parent.callee) === 'describe';
  const isTable = isNode(node.body) && node.body.type === 'ObjectExpression';
  const lines = syntax.lineAt(node.end) - syntax.lineAt(node.start) + 1;
  if (isSuite || isTable || lines <= limits.functionLines) return;
  const message = `${lines} lines, ${limits.functionLines} at most: give its steps names of their own.`;
  report('function-length', syntax.lineAt(node.start), message);
}

/** `it` of `it.each(rows)`, `it.skip` and `it`. */
function rootName(callee: unknown): string | null {
  if (!isNode(callee)) return null;
  if (callee.type === 'MemberExpression') return rootName(callee.object);
  if (callee.type === 'CallExpression' || callee.type === 'TaggedTemplateExpression')
    return rootName(callee.callee ?? callee.tag);
  return nameOf(callee);
}

function checkTestCall(syntax: Syntax, node: Node, report: Report): void {
  if (!syntax.path.startsWith('tests/')) return;
  const line = syntax.lineAt(node.start);
  if (node.type === 'MemberExpression' && /^(describe|it|test|suite|bench)$/.test(rootName(node.object) ?? '')) {
    const modifier = nameOf(node.property) ?? '';
    if (modifier === 'only') report('only', line, 'it hides every other test; remove it.');
    if (/^(skip|skipIf|runIf|todo|fails)$/.test(modifier) && !hasReason(syntax, line)) {
      report('skip', line, `say in a comment above, "// Skipped: ..." and why, or remove .${modifier}.`);
    }
  }
  const title = node.type === 'CallExpression' ? nameOf((node.arguments as Node[])[0]) : null;
  if (title !== null && /^(it|test)$/.test(rootName(node.callee) ?? '') && /\bshould\b/.test(title)) {
    report('test-name', line, 'state what happens ("refuses ..."), without "should".');
  }
}

function hasReason(syntax: Syntax, line: number): boolean {
  return syntax.comments.some(({ value, end }) => {
    const linesAbove = line - syntax.lineAt(end);
    return /^\s*Skipped: .{12,}/.test(value) && (linesAbove === 0 || linesAbove === 1);
  });
}

/** What leaves core is called by people who did not write it: each exported function says what it promises. */
function checkPromises(syntax: Syntax, report: Report): void {
  for (const node of syntax.program.body as Node[]) {
    if (node.type !== 'ExportNamedDeclaration' || !isNode(node.declaration)) continue;
    const declared = node.declaration;
    const [first] = (declared.declarations ?? []) as Node[];
    const isFunction =
      declared.type === 'FunctionDeclaration' || /Function/.test((first?.init as Node | null)?.type ?? '');
    const before = syntax.comments.findLast(({ type, end }) => type === 'Block' && end <= node.start);
    const documented = before !== undefined && syntax.source.slice(before.end, node.start).trim() === '';
    if (!isFunction || documented) continue;
    const name = nameOf(declared.id) ?? nameOf(first?.id);
    report(
      'undocumented',
      syntax.lineAt(node.start),
      `say above ${name} what it promises, its units, and which errors it throws.`,
    );
  }
}
