import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';

/** The web dashboard as it was built. */
export interface Dashboard {
  /** Answers a GET or HEAD of this path; false when it is none of the dashboard's. */
  serve(request: IncomingMessage, response: ServerResponse, pathname: string): boolean;
}

interface File {
  type: string;
  etag: string;
  cacheControl: string;
  plain: Buffer;
  gzip?: Buffer;
  br?: Buffer;
}

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** First segments that are, or may become, routes of the server: an unknown path below them is no page. */
const NOT_PAGES = new Set(['api', 'assets', 'auth', 'export', 'graphql', 'inbox']);

/**
 * Reads the whole build into memory, a few megabytes, so that no path reaches the disk and a build in place changes
 * nothing under a running server. @returns null where the dashboard was not built.
 */
export function openDashboard(folder: string, { socketOrigin }: { socketOrigin: string }): Dashboard | null {
  const files = readFiles(folder);
  const index = files.get('/index.html');
  if (!index) return null;
  const pageHeaders = securityHeaders(index.plain.toString('utf8'), socketOrigin);
  return {
    serve(request, response, pathname) {
      const file = files.get(pathname);
      if (file && file !== index) send(request, response, file, { 'X-Content-Type-Options': 'nosniff' });
      else if (pathname === '/' || file === index || isPage(request, pathname)) {
        send(request, response, index, pageHeaders);
      } else return false;
      return true;
    },
  };
}

/** Whether a person's browser goes there: every page of the dashboard is index.html, which reads the address itself. */
function isPage({ headers }: IncomingMessage, pathname: string): boolean {
  const segments = pathname.split('/');
  const isFile = segments.at(-1)?.includes('.') ?? false;
  return !isFile && !NOT_PAGES.has(segments[1] ?? '') && (headers.accept?.includes('text/html') ?? false);
}

function send(request: IncomingMessage, response: ServerResponse, file: File, headers: Record<string, string>): void {
  const { encoding, body } = chooseEncoding(file, request.headers['accept-encoding'] ?? '');
  const own = { ETag: file.etag, 'Cache-Control': file.cacheControl, Vary: 'Accept-Encoding', ...headers };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, own).end();
    return;
  }
  response.writeHead(200, {
    ...own,
    'Content-Type': file.type,
    'Content-Length': body.length,
    ...(encoding && { 'Content-Encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function chooseEncoding({ plain, gzip, br }: File, accepted: string): { encoding: string | null; body: Buffer } {
  if (br && /\bbr\b/.test(accepted)) return { encoding: 'br', body: br };
  if (gzip && /\bgzip\b/.test(accepted)) return { encoding: 'gzip', body: gzip };
  return { encoding: null, body: plain };
}

function readFiles(folder: string): Map<string, File> {
  const files = new Map<string, File>();
  const paths = listFiles(folder);
  for (const path of paths) {
    const type = TYPES[path.split('.').at(-1) ?? ''];
    // The build's own notes, and the compressed forms, which belong to the file that they are a form of.
    if (!type || path.startsWith('/.')) continue;
    const plain = readFileSync(join(folder, path));
    files.set(path, {
      type,
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      cacheControl: cacheControlOf(path),
      plain,
      ...(paths.has(`${path}.gz`) && { gzip: readFileSync(join(folder, `${path}.gz`)) }),
      ...(paths.has(`${path}.br`) && { br: readFileSync(join(folder, `${path}.br`)) }),
    });
  }
  return files;
}

/** What lies in assets has a hash of its contents in its name. */
function cacheControlOf(path: string): string {
  if (path === '/index.html') return 'no-store';
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** Paths from the folder on, with a slash in front; none where there is no such folder. */
function listFiles(folder: string): Set<string> {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
    return new Set(entries.map(({ parentPath, name }) => `/${relative(folder, join(parentPath, name))}`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
}

/** Nothing runs in a page but what was built, and it talks to nobody but this server. Its one inline script goes by hash. */
function securityHeaders(html: string, socketOrigin: string): Record<string, string> {
  const hashes = Array.from(html.matchAll(/<script>([\s\S]*?)<\/script>/g), ([, text = '']) => {
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  });
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    // Older browsers do not count the server's own sockets to 'self'.
    `connect-src 'self' ${socketOrigin}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
