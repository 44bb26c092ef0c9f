/** A value of YAML as far as compose.yaml uses it: maps, lists of texts and maps, texts, anchors and merge keys. */
export type Value = string | Value[] | Values;
export interface Values {
  [key: string]: Value;
}

interface Line {
  indent: number;
  text: string;
}

/** Reads that much YAML and throws on a line that it cannot read, so that nothing goes unseen. */
export function readYaml(source: string): Values {
  const lines = source
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    .map((line) => ({ indent: line.search(/\S/), text: line.trim() }));
  const value = readBlock(lines, new Map());
  if (lines.length > 0) throw new Error(`Not understood: ${lines[0]?.text}`);
  return value as Values;
}

/** Takes from `lines` those of one block: all that are indented like the first. */
function readBlock(lines: Line[], anchors: Map<string, Values>): Value {
  const indent = lines[0]?.indent ?? 0;
  const list: Value[] = [];
  const map: Values = {};
  const isList = lines[0]?.text.startsWith('- ') ?? false;
  while (lines[0]?.indent === indent && lines[0].text.startsWith('- ') === isList) {
    if (isList) list.push(readItem(lines, anchors));
    else readEntry(lines, map, anchors);
  }
  return isList ? list : map;
}

function readItem(lines: Line[], anchors: Map<string, Values>): Value {
  const [line] = lines as [Line];
  const text = line.text.slice(2);
  if (/^\w+: /.test(text)) {
    lines[0] = { indent: line.indent + 2, text };
    return readBlock(lines, anchors);
  }
  lines.shift();
  return unquote(text);
}

function readEntry(lines: Line[], map: Values, anchors: Map<string, Values>): void {
  const line = lines.shift() as Line;
  const [, key = '', anchor, rest = ''] = /^(<<|[\w-]+):(?: &(\w+))?(?: (.+))?$/.exec(line.text) ?? [];
  if (key === '') throw new Error(`Not understood: ${line.text}`);
  const isDeeper = (lines[0]?.indent ?? 0) > line.indent;
  if (key === '<<') Object.assign(map, anchors.get(rest.slice(1)));
  else if (rest === '|') map[key] = takeText(lines, line.indent);
  else if (rest === '{}') map[key] = {};
  else if (rest === '' && isDeeper) map[key] = readBlock(lines, anchors);
  else map[key] = unquote(rest);
  if (anchor) anchors.set(anchor, map[key] as Values);
}

function takeText(lines: Line[], indent: number): string {
  const taken: string[] = [];
  while ((lines[0]?.indent ?? 0) > indent) taken.push(lines.shift()?.text ?? '');
  return taken.join('\n');
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');
