import { existsSync, readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkDocs, renderImportTable } from './docs-rules.ts';
import { listFiles, readSources } from './tree.ts';
import { describeViolations } from './violation.ts';

const files = listFiles();
const pages = readSources(files.filter((path) => path.endsWith('.md')));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

describe('the documentation as it stands', () => {
  it('names only what exists, and shows only operations that the schema allows', () => {
    const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
    const facts = { files: new Set(files), scripts: new Set(Object.keys(scripts)), schema };
    expect(describeViolations(checkDocs(pages, facts))).toEqual([]);
    expect(Array.from(pages.keys())).toEqual(expect.arrayContaining(['README.md', 'src/README.md']));
  });

  it('draws the map of src with the import table that is enforced, on one page', () => {
    const map = existsSync('src/README.md') ? readFileSync('src/README.md', 'utf8') : '';
    // The formatter pads the columns of a table.
    const unpadded = map.replaceAll(/-{3,}/g, '---').replaceAll(/ {2,}/g, ' ');
    expect(unpadded).toContain(renderImportTable());
    expect(map.split('\n').length).toBeLessThanOrEqual(120);
  });
});

const fenced = (language: string, text: string): string => `words\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;

describe('the checker', () => {
  const facts = {
    files: new Set(['README.md', 'src/main.ts', 'docs/guide.md', '.ci/run']),
    scripts: new Set(['start', 'test', 'db:migration']),
    schema: buildSchema('type Query { viewer: String }'),
  };
  const rulesSeen = (text: string, page = 'docs/guide.md'): string[] =>
    checkDocs(new Map([[page, text]]), facts).map((violation) => violation.rule);

  const planted: readonly [rule: string, breach: string, lawful: string][] = [
    ['block', fenced('', 'a tree'), fenced('text', 'a tree')],
    ['graphql', fenced('graphql', '{ nobody }'), fenced('graphql', '{ viewer }')],
    ['graphql', fenced('graphql', '{ viewer'), fenced('graphql', 'query Me { viewer }')],
    ['graphql', fenced('graphql', 'type Query { viewer: String }'), ''],
    [
      'graphql',
      fenced('sh', `curl -d '{"query":"{ nobody }"}' $URL`),
      fenced('sh', `curl -d '{"query":"{ viewer }"}' $URL`),
    ],
    ['json', fenced('sh', `curl --data '{query}' $URL`), ''],
    ['json', fenced('json', '{ a: 1 }'), fenced('json', '{ "a": 1 }')],
    ['script', fenced('sh', 'npm run db:reset'), fenced('sh', 'npm install && npm test && npm run db:migration -- x')],
    ['script', fenced('sh', 'npm strat'), fenced('bash', 'npm start')],
    ['path', fenced('sh', './.ci/runs'), fenced('sh', './.ci/run')],
    ['path', 'see `src/mian.ts`', 'see `src/main.ts`, `src/` and `src/generated/prisma`'],
    ['link', 'see [it](../src/mian.ts)', 'see [it](../src/main.ts#L1), [that](#here) or [more](https://example.com/x)'],
  ];

  it.each(planted)('sees a false %s in %j', (rule, breach, lawful) => {
    expect(rulesSeen(breach)).toEqual([rule]);
    expect(rulesSeen(lawful)).toEqual([]);
  });
});
