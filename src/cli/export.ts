import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { drawProgress } from '#cli/progress';
import { CommonpurseError, errorOfResponse, type ResponseError } from '#client/errors';

export interface ExportCommand {
  /** usage or ledger. */
  log: string;
  url: string;
  apiKey: string;
  format: 'csv' | 'ndjson';
  /** A file; left out: standard output. */
  output?: string;
  /** Parameters of the export, as name=value. */
  filter?: readonly string[];
}

/** Writes a log of the key's workspace as the server streams it. A file appears under its name only once it is whole. */
export async function exportLog({ log, url, apiKey, format, output, filter = [] }: ExportCommand): Promise<void> {
  const address = new URL(`/export/${log}.${format}`, url);
  for (const text of filter) {
    const [name = '', ...value] = text.split('=');
    address.searchParams.append(name, value.join('='));
  }
  const response = await fetch(address, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!response.ok || !response.body) throw await refusalOf(response);
  const progress = drawProgress();
  const watched = watchRows(response, log, progress.draw);
  const unfinished = output === undefined ? null : `${output}.part`;
  try {
    const sink = unfinished === null ? passOn(process.stdout) : createWriteStream(unfinished);
    await pipeline(response.body, watched, sink);
    if (unfinished !== null && output !== undefined) await rename(unfinished, output);
  } catch (error) {
    if (unfinished !== null) await rm(unfinished, { force: true });
    throw error;
  } finally {
    progress.clear();
  }
}

/** Standard output is not ours to end. */
function passOn(stdout: NodeJS.WriteStream): Writable {
  return new Writable({
    write: (chunk: Uint8Array, _encoding, done) => void stdout.write(chunk, done),
  });
}

/** Tells how far it is by the numbers of the entries: how many a filter leaves, nobody knows before. */
function watchRows(
  { headers }: Response,
  name: string,
  draw: ReturnType<typeof drawProgress>['draw'],
): (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> {
  const [first, last] = [Number(headers.get('x-first-seq')), Number(headers.get('x-last-seq'))];
  return async function* (chunks) {
    let rows = 0;
    for await (const chunk of chunks) {
      for (const byte of chunk) if (byte === 10) rows += 1;
      draw({ name, rows, done: (lastSeqIn(chunk) ?? first) - first, size: last - first });
      yield chunk;
    }
  };
}

/** Each line begins with the number of its entry. */
function lastSeqIn(chunk: Uint8Array): number | null {
  const lines = Buffer.from(chunk).toString('latin1').split('\n');
  const seq = /^(?:\{"seq":")?(\d+)/.exec(lines.at(-2) ?? '')?.[1];
  return seq === undefined ? null : Number(seq);
}

async function refusalOf(response: Response): Promise<CommonpurseError> {
  const body = (await response.json().catch(() => null)) as { errors?: ResponseError[]; error?: string } | null;
  const [error] = body?.errors ?? [];
  if (error) return errorOfResponse(error);
  return new CommonpurseError('UNEXPECTED', body?.error ?? `The server answered ${response.status}.`);
}
