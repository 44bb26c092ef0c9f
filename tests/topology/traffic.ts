import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../live/clients.ts';
import type { Topology } from './topology.ts';

const CALLERS = 4;
const PAUSE_MS = 10;
const ANSWER_MS = 5_000;

const DEBIT = `mutation ($key: String!) { recordUsage(input: { credits: "1", idempotencyKey: $key }) {
  __typename ... on RecordUsagePayload { seq } } }`;
const USAGE = `subscription ($after: Seq) { event: usageRecorded(after: $after) {
  __typename ... on FeedSnapshot { seq } ... on UsageChange { seq } ... on FeedReset { seq } } }`;

export interface Spending {
  /** Of every debit that was answered, once each. */
  seqs: number[];
  /** Sends that came back without an answer and were made again with their idempotency key. */
  retries: number;
  stop(): Promise<void>;
}

/** Callers that spend one credit at a time through whatever node they reach. */
export function spend({ url }: Topology, secret: string): Spending {
  const stopping = new AbortController();
  const spending: Spending = {
    seqs: [],
    retries: 0,
    async stop() {
      stopping.abort();
      await running;
    },
  };
  const call = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const key = randomUUID();
      let seq = await debit(url, secret, key);
      for (; seq === null; seq = await debit(url, secret, key)) {
        spending.retries++;
        await sleep(50);
      }
      spending.seqs.push(seq);
      await sleep(PAUSE_MS);
    }
  };
  const running = Promise.all(Array.from({ length: CALLERS }, call));
  // Awaited in stop(); a failure before that is told there.
  running.catch(() => undefined);
  return spending;
}

/** The seq of the decision; null when nobody answered what became of it. */
async function debit(url: string, secret: string, key: string): Promise<number | null> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ query: DEBIT, variables: { key } }),
    });
    const { data } = (await response.json()) as { data?: { recordUsage?: { seq?: string } } | null };
    return data?.recordUsage?.seq === undefined ? null : Number(data.recordUsage.seq);
  } catch {
    return null;
  }
}

export interface Follower {
  /** Of the snapshot, then of every change. */
  seqs: number[];
  kinds: Set<string>;
  /** How its sockets ended. */
  closeCodes: number[];
  dispose(): Promise<void>;
}

/** The stock client, which comes back by itself and goes on after the last event that it saw. */
export function follow({ socketUrl }: Topology, secret: string): Follower {
  const client = openClient(socketUrl, { token: secret, retryAttempts: 1_000 });
  const variables: { after?: string } = {};
  const follower: Follower = {
    seqs: [],
    kinds: new Set(),
    closeCodes: client.closeCodes,
    dispose: async () => client.dispose(),
  };
  client.subscribe<{ event: { __typename: string; seq: string } }>(
    { query: USAGE, variables },
    {
      next({ data }) {
        if (!data) return;
        variables.after = data.event.seq;
        follower.kinds.add(data.event.__typename);
        follower.seqs.push(Number(data.event.seq));
      },
      error: () => void follower.kinds.add('error'),
      complete: () => void follower.kinds.add('complete'),
    },
  );
  return follower;
}

/** Every number from the first to the last. */
export const contiguous = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
