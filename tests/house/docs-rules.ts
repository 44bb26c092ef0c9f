import { posix } from 'node:path';
import { Kind, parse, validate } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { rings } from './architecture-tables.ts';
import type { Sources } from './tree.ts';
import type { Violation } from './violation.ts';

export interface Facts {
  /** Every file of the project, as paths from the root. */
  files: ReadonlySet<string>;
  /** The names of the scripts in package.json. */
  scripts: ReadonlySet<string>;
  schema: GraphQLSchema;
}

interface Block {
  language: string;
  text: string;
  line: number;
}

type Report = (rule: string, line: number, message: string) => void;

/** What the Markdown pages say about the project and is not, or no longer, so. */
export function checkDocs(pages: Sources, facts: Facts): Violation[] {
  const found: Violation[] = [];
  for (const [path, text] of pages) {
    const report: Report = (rule, line, message) => found.push({ rule, path, line, message });
    for (const block of readBlocks(text)) checkBlock(block, facts, report);
    checkPaths(path, text, facts, report);
  }
  return found;
}

function readBlocks(text: string): Block[] {
  return Array.from(text.matchAll(/^( *)```(\w*)[^\n]*\n(.*?)^ *```/gms), (match) => ({
    language: match[2] ?? '',
    text: match[3] ?? '',
    line: lineAt(text, match.index) + 1,
  }));
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function checkBlock({ language, text, line }: Block, facts: Facts, report: Report): void {
  if (language === '') report('block', line, 'name the language of the block, so that it is coloured and checked.');
  if (language === 'graphql') checkGraphql(text, line, facts.schema, report);
  if (language === 'json' && !isJson(text)) report('json', line, 'this is not JSON.');
  if (/^(sh|bash|shell|console)$/.test(language)) checkShell(text, line, facts, report);
}

function checkGraphql(text: string, line: number, schema: GraphQLSchema, report: Report): void {
  try {
    const document = parse(text);
    const kinds = document.definitions.map((definition) => definition.kind);
    if (!kinds.every((kind) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION)) {
      return report('graphql', line, 'a copy of the schema grows old: point to schema.graphql instead.');
    }
    for (const { message } of validate(schema, document)) report('graphql', line, message);
  } catch (error) {
    report('graphql', line, String(error));
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const npmOwn = new Set(['install', 'i', 'ci', 'exec', 'pack', 'publish', 'login']);

function checkShell(text: string, line: number, { scripts, files, schema }: Facts, report: Report): void {
  for (const [, run, name = ''] of text.matchAll(/\bnpm (run )?([a-z][\w:-]*)/g)) {
    const known = scripts.has(name) || (run === undefined && npmOwn.has(name));
    if (!known && name !== 'run') report('script', line, `package.json has no script "${name}".`);
  }
  for (const [, path = ''] of text.matchAll(/(?:^|\s)\.\/([\w./-]+)/g)) {
    if (!exists(path, files)) report('path', line, `${path} does not exist.`);
  }
  for (const [, body = ''] of text.matchAll(/(?:-d|--data(?:-raw|-binary)?|--json)[ =]'([^']*)'/g)) {
    if (!isJson(body)) report('json', line, 'the body of this request is not JSON.');
    else {
      const { query } = JSON.parse(body) as { query?: string };
      if (query !== undefined) checkGraphql(query, line, schema, report);
    }
  }
}

/** Links, and words in backticks that start with one of our folders. */
function checkPaths(page: string, text: string, { files }: Facts, report: Report): void {
  const prose = text.replaceAll(/^ *```.*?^ *```/gms, (block) => block.replaceAll(/[^\n]/g, ' '));
  for (const match of prose.matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)) {
    const target = posix.normalize(posix.join(posix.dirname(page), match[1] ?? ''));
    if (!exists(target, files)) report('link', lineAt(text, match.index), `${match[1]} does not exist.`);
  }
  for (const match of prose.matchAll(/`((?:src|tests|prisma|bin|bench|examples|docs|\.ci)\/[\w./-]*)`/g)) {
    const path = match[1] ?? '';
    // Generated code is named too, but stands in no fresh checkout.
    if (!path.startsWith('src/generated/') && !exists(path, files)) {
      report('path', lineAt(text, match.index), `${path} does not exist.`);
    }
  }
}

function exists(path: string, files: ReadonlySet<string>): boolean {
  if (files.has(path)) return true;
  const folder = path.endsWith('/') ? path : `${path}/`;
  return Array.from(files).some((file) => file.startsWith(folder));
}

/** The ring table as src/README.md shows it. */
export function renderImportTable(): string {
  const rows = Object.entries(rings).map(([ring, { may, never }]) => {
    const allowed = may === '*' ? 'everything' : may.join(', ') || 'nothing of ours';
    return `| ${ring} | ${allowed} | ${never.join(', ') || '-'} |`;
  });
  return ['| ring | may import | never touches |', '| --- | --- | --- |', ...rows].join('\n');
}
