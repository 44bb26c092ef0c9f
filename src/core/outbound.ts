import { ValidationFailed } from '#core/errors';

/** What we send to an address that a workspace chose. */
export interface OutboundRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** POST unless given. */
  method?: 'POST' | 'PUT' | 'GET';
  /** Aborting ends the attempt at once, as TIMED_OUT. */
  signal?: AbortSignal;
}

/** What came back, whatever the status: redirects are not followed. */
export interface OutboundAnswer {
  status: number;
  /** Names in lower case; of a header that came more than once the first. */
  headers: Readonly<Record<string, string>>;
  /** Status line, headers and the beginning of the body, 16 KiB at most. */
  head: Uint8Array<ArrayBuffer>;
  /** Whether the body went on beyond that. */
  isCut: boolean;
  durationMs: number;
}

export type OutboundFailure =
  /** The URL, or an address that its name resolves to, is none that we may reach. */
  'REFUSED' | 'NAME_NOT_FOUND' | 'CONNECTION_FAILED' | 'TIMED_OUT';

/** No answer came. The message is for the people of the workspace, who may read it. */
export class OutboundFailed extends Error {
  override name = 'OutboundFailed';
  readonly failure: OutboundFailure;
  readonly durationMs: number;

  constructor(failure: OutboundFailure, message: string, durationMs: number) {
    super(message);
    this.failure = failure;
    this.durationMs = durationMs;
  }
}

/**
 * The one way out to addresses that others chose. Reaches public addresses alone, and those that the operator allows;
 * the address that was checked is the one connected to.
 */
export interface Outbound {
  /** Sends once, within 15 seconds in all. @throws OutboundFailed */
  send(request: OutboundRequest): Promise<OutboundAnswer>;
  /** Why this URL can never be sent to, as the end of a sentence that begins with the field's name; null when it may be. */
  problemOf(url: string): string | null;
  close(): Promise<void>;
}

/** The URL as it will be called. @throws ValidationFailed naming what is wrong and what to do. */
export function checkOutboundUrl(outbound: Pick<Outbound, 'problemOf'>, url: string, path: readonly string[]): string {
  const problem = outbound.problemOf(url);
  if (problem !== null) throw new ValidationFailed(`${path.at(-1) ?? 'url'} ${problem}`, path);
  return new URL(url).href;
}
