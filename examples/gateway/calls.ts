import { randomUUID } from 'node:crypto';

/** How a customer's program sends a call. */
export type Manner =
  /** Once, without an Idempotency-Key. */
  | 'once'
  /** Once, with one. */
  | 'keyed'
  /** Twice at the same time, with the same one. */
  | 'twice'
  /** It hangs up before the answer can have come, then repeats the call. */
  | 'aborted';

/** One call that a customer wants to be charged for once, however often it is sent. */
export interface Call {
  manner: Manner;
  apiKey: string;
  environment: 'LIVE' | 'TEST';
  operation: string;
  units: string;
  /** Whether the work behind it fails. */
  fails: boolean;
  path: string;
  body: string | null;
}

export interface Answered {
  call: Call;
  status: number;
  cost: string;
  seq: string;
  /** How often it was sent. */
  sends: number;
}

export interface Customer {
  secret: string;
  environment: 'LIVE' | 'TEST';
}

const MANNERS: readonly Manner[] = ['once', 'keyed', 'once', 'twice', 'keyed', 'aborted', 'keyed'];

/** The calls of the customers in turn: the same list every time. */
export function planCalls(count: number, customers: readonly Customer[]): Call[] {
  return Array.from({ length: count }, (_, index) => {
    const customer = customers[index % customers.length];
    if (!customer) throw new Error('There is no customer to call for');
    // Failures have no Idempotency-Key to recognise them by, so only calls that are sent once fail.
    const fails = index % 28 === 2;
    const manner = fails ? 'once' : (MANNERS[index % MANNERS.length] ?? 'once');
    const { secret: apiKey, environment } = customer;
    return { manner, apiKey, environment, fails, ...(fails ? company(index, 'invalid') : request(index)) };
  });
}

type Asked = Pick<Call, 'operation' | 'units' | 'path' | 'body'>;

function request(index: number): Asked {
  switch (index % 5) {
    case 0:
    case 1:
      return { operation: 'search.people', units: '1', path: `/v1/people?query=person-${index}`, body: null };
    case 2:
      return company(index, 'example');
    default: {
      const body = `Report ${index}. `.repeat(1 + (index % 60));
      return { operation: 'ai.summarize', units: (body.length / 1_000).toFixed(3), path: '/v1/summaries', body };
    }
  }
}

function company(index: number, domain: string): Asked {
  return { operation: 'enrich.company', units: '1', path: `/v1/companies/company-${index}.${domain}`, body: null };
}

/** Sends every call through the gateway, so many at once. */
export async function sendCalls(
  gateway: string,
  calls: readonly Call[],
  { concurrency, onAnswer }: { concurrency: number; onAnswer?: (answered: Answered) => void },
): Promise<Answered[]> {
  const waiting = [...calls];
  const answers: Answered[] = [];
  const worker = async (): Promise<void> => {
    for (let call = waiting.shift(); call; call = waiting.shift()) {
      const answered = await sendCall(gateway, call);
      answers.push(answered);
      onAnswer?.(answered);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return answers;
}

async function sendCall(gateway: string, call: Call): Promise<Answered> {
  const key = call.manner === 'once' ? null : randomUUID();
  if (call.manner === 'twice') {
    const [first, second] = await Promise.all([send(gateway, call, key), send(gateway, call, key)]);
    if (first.seq !== second.seq || first.cost !== second.cost)
      throw new Error(`One call, two decisions: ${first.seq} and ${second.seq}`);
    return { ...first, sends: first.sends + second.sends };
  }
  if (call.manner !== 'aborted') return send(gateway, call, key);
  const hangUp = AbortSignal.timeout(1 + (call.path.length % 15));
  const early = await send(gateway, call, key, hangUp).catch(() => null);
  const answered = await send(gateway, call, key);
  if (early && early.seq !== answered.seq) throw new Error(`One call, two decisions: ${early.seq} and ${answered.seq}`);
  return { ...answered, sends: answered.sends + 1 };
}

const SENDS_MAX = 5;

async function send(
  gateway: string,
  call: Call,
  key: string | null,
  signal: AbortSignal | null = null,
): Promise<Answered> {
  for (let sends = 1; ; sends++) {
    const response = await fetch(gateway + call.path, {
      method: call.body === null ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${call.apiKey}`, ...(key !== null && { 'idempotency-key': key }) },
      body: call.body,
      signal,
    });
    await response.arrayBuffer();
    const { status, headers } = response;
    const [cost, seq] = [headers.get('commonpurse-cost'), headers.get('commonpurse-seq')];
    if (cost !== null && seq !== null) return { call, status, cost, seq, sends };
    // Without an Idempotency-Key nobody could tell whether the first one was charged.
    if ((status !== 503 && status !== 429) || key === null || sends === SENDS_MAX) {
      throw new Error(`${call.path} answered ${status} without a receipt`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(headers.get('retry-after') ?? 1)));
  }
}
