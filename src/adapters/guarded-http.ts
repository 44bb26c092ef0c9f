import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { Agent, buildConnector, type Dispatcher, errors, request } from 'undici';
import { type Outbound, type OutboundAnswer, OutboundFailed, type OutboundRequest } from '#core/outbound';
import { knownAddresses, outboundProblem, type OutboundRules } from '#lib/outbound-urls';
import { mayReach } from '#lib/public-addresses';

export interface GuardedHttpOptions extends OutboundRules {
  /** Addresses of a host name; DNS unless given. */
  resolve?: (hostname: string) => Promise<readonly string[]>;
  /** For everything, from resolving on; 15 seconds unless told. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
/** A server that answered has decided; how its body goes on is only for the log. */
const BODY_MS = 2_000;
const HEAD_BYTES_MAX = 16_384;
const ADDRESSES_MAX = 16;
const KEEP_ALIVE_MS = 4_000;

/** An address was refused: told apart from a connection that failed. */
class Refused extends Error {}
class NameNotFound extends Error {}

/** Sends with undici through a connector that connects to no address it did not check. Redirects are not followed. */
export function openGuardedHttp(options: GuardedHttpOptions): Outbound {
  const { timeoutMs = TIMEOUT_MS, allowedRanges } = options;
  const agent = new Agent({
    connect: guardedConnector(options, timeoutMs),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEAD_BYTES_MAX,
    allowH2: false,
  });
  const rules = { allowedRanges, ports: options.ports };
  return {
    problemOf: (url) => outboundProblem(url, rules),
    async send(outgoing) {
      const startedAt = performance.now();
      const elapsed = (): number => Math.round(performance.now() - startedAt);
      const problem = outboundProblem(outgoing.url, rules);
      if (problem !== null) throw new OutboundFailed('REFUSED', `The URL ${problem}`, 0);
      const ending = AbortSignal.timeout(timeoutMs);
      const signal = outgoing.signal ? AbortSignal.any([ending, outgoing.signal]) : ending;
      try {
        return { ...(await exchange(agent, outgoing, signal)), durationMs: elapsed() };
      } catch (error) {
        throw failureOf(error, { isOver: signal.aborted, durationMs: elapsed(), timeoutMs });
      }
    },
    close: () => agent.destroy(),
  };
}

async function exchange(
  dispatcher: Dispatcher,
  { url, method = 'POST', headers, body }: OutboundRequest,
  signal: AbortSignal,
): Promise<Omit<OutboundAnswer, 'durationMs'>> {
  const answer = await request(url, { dispatcher, method, headers, body: method === 'GET' ? null : body, signal });
  const entries = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name.toLowerCase(), one]),
  );
  const lines = [`HTTP ${answer.statusCode}`, ...entries.map(([name, value]) => `${name}: ${value}`), '', ''];
  const { bytes, isCut } = await beginningOf(answer.body, Buffer.from(lines.join('\r\n'), 'latin1'));
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(entries.toReversed()),
    head: bytes,
    isCut,
  };
}

/** The head and as much of the body as there is room and time for; the rest is dropped with its connection. */
async function beginningOf(
  body: Dispatcher.ResponseData['body'],
  head: Buffer,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; isCut: boolean }> {
  const parts = [head];
  let length = head.length;
  let isCut = false;
  const dropped = setTimeout(() => body.destroy(), BODY_MS);
  try {
    for await (const part of body) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      if (length > HEAD_BYTES_MAX) break;
    }
    isCut = length > HEAD_BYTES_MAX;
  } catch {
    // It hung, dripped or was reset: the status had come, and what came of the body is kept.
    isCut = true;
  } finally {
    clearTimeout(dropped);
    body.on('error', () => undefined).destroy();
  }
  return { bytes: new Uint8Array(Buffer.concat(parts).subarray(0, HEAD_BYTES_MAX)), isCut };
}

function guardedConnector(
  { allowedRanges, resolve = resolveByDns() }: GuardedHttpOptions,
  timeout: number,
): buildConnector.connector {
  const reachableOf = async (hostname: string): Promise<LookupAddress[]> => {
    const addresses = knownAddresses(hostname) ?? (await resolve(hostname).catch(nameNotFound));
    const reachable = addresses.slice(0, ADDRESSES_MAX).filter((address) => mayReach(address, allowedRanges));
    if (reachable.length === 0) throw new Refused();
    return reachable.map((address) => ({ address, family: isIP(address) }));
  };
  // What was checked is what the socket gets: nothing resolves the name a second time.
  const lookup: LookupFunction = (hostname, { all }, callback) => {
    const tell = callbackify(reachableOf);
    tell(hostname, (error, reachable) => {
      const [first] = reachable ?? [];
      if (error || first === undefined) callback(error ?? new Refused(), '', 0);
      else if (all) callback(null, reachable);
      else callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout, lookup, autoSelectFamily: true, allowH2: false });
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    // A socket looks no address up, so the lookup would never see one.
    if (isIP(host) !== 0 && !mayReach(host, allowedRanges)) callback(new Refused(), null);
    else connect(target, callback);
  };
}

function nameNotFound(error: unknown): never {
  throw new NameNotFound(String(error));
}

/** Asks the name servers themselves: the system's own resolver shares four threads, which a slow name server would fill. */
function resolveByDns(): (hostname: string) => Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (hostname) => {
    const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    if (addresses.length === 0) throw new NameNotFound(hostname);
    return addresses;
  };
}

function failureOf(
  error: unknown,
  { isOver, durationMs, timeoutMs }: { isOver: boolean; durationMs: number; timeoutMs: number },
): OutboundFailed {
  const causes = causesOf(error);
  if (causes.some((cause) => cause instanceof Refused))
    return new OutboundFailed('REFUSED', 'The name leads to an address that is not public.', durationMs);
  if (causes.some((cause) => cause instanceof NameNotFound))
    return new OutboundFailed('NAME_NOT_FOUND', 'The name of the host could not be resolved.', durationMs);
  const isLate = causes.some(
    (cause) =>
      cause instanceof errors.ConnectTimeoutError ||
      cause instanceof errors.HeadersTimeoutError ||
      cause instanceof errors.BodyTimeoutError,
  );
  if (isOver || isLate)
    return new OutboundFailed('TIMED_OUT', `No answer came within ${timeoutMs / 1_000} seconds.`, durationMs);
  const code = causes.map((cause) => (cause as { code?: unknown }).code).find((one) => typeof one === 'string');
  return new OutboundFailed('CONNECTION_FAILED', `The connection failed (${code ?? 'no reason given'}).`, durationMs);
}

/** The error with what caused it; Node joins those of several addresses. */
function causesOf(error: unknown, depth = 0): unknown[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  return [error, ...inner.flatMap((cause) => causesOf(cause, depth + 1))];
}
