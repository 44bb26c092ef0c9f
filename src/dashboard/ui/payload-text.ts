const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;

/** Anybody may have sent it: indentation must not make a hundred times as much of it. */
const DEPTH_MAX = 100;

/**
 * JSON with a line for each value, up to so many characters and the token that goes beyond; null for what is none, or is
 * nested absurdly. Only spaces change: parsing and printing would round long numbers and drop names that come twice.
 */
export function prettyJson(text: string, lengthMax: number): string | null {
  try {
    if (typeof JSON.parse(text) !== 'object') return null;
  } catch {
    return null;
  }
  let depth = 0;
  let pretty = '';
  let last = '';
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token] of text.matchAll(TOKENS)) {
    if (pretty.length > lengthMax) break;
    const isEnd = token === ']' || token === '}';
    if (isEnd) depth -= 1;
    const isEmpty = isEnd && (last === '[' || last === '{');
    if ((isEnd && !isEmpty) || (!isEnd && (last === '[' || last === '{' || last === ','))) pretty += line();
    pretty += token === ':' ? ': ' : token;
    if (token === '[' || token === '{') depth += 1;
    if (depth > DEPTH_MAX) return null;
    last = token;
  }
  return pretty;
}

const WIDTH = 16;

/** Bytes as a table: where, in hexadecimal, and as text where they are plain. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += WIDTH) {
    const row = Array.from(bytes.subarray(start, start + WIDTH));
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const plain = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCodePoint(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(6, '0')}  ${hex.padEnd(WIDTH * 3 - 1)}  ${plain}`);
  }
  return lines.join('\n');
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
}

/** "312 bytes", "4.2 KiB", "17 MiB". */
export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  const [size, unit] = bytes < 1_048_576 ? [bytes / 1_024, 'KiB'] : [bytes / 1_048_576, 'MiB'];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
