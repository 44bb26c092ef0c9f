import { WebSocket } from 'ws';
import { openJsonLines, openLines } from '#cli/watch-lines';
import type { WatchModel, WatchView } from '#cli/watch-model';
import { openScreen } from '#cli/watch-screen';
import { type CommonpurseClient, createClient } from '#client/client';

export interface WatchCommand {
  url: string;
  apiKey: string;
  /** JSON lines instead of a screen or plain lines. */
  json?: boolean;
}

const CALLS_SHOWN = 10;

/** Shows a workspace's balance and calls as they happen, until Ctrl-C or until its key ends. */
export async function watch({ url, apiKey, json = false }: WatchCommand): Promise<void> {
  const { stdout } = process;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  // Once: a second Ctrl-C ends a watcher that hangs.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  // `watch | head` closes our output when it has enough.
  stdout.on('error', stop);
  const client = createClient({ url, apiKey, webSocketImpl: WebSocket });
  const write = (text: string): void => void stdout.write(text);
  await watchWorkspace(client, controller.signal, () => {
    if (json) return openJsonLines(write);
    return stdout.isTTY ? openScreen(stdout) : openLines(write);
  });
}

/** Feeds a view until the signal aborts. The view is opened only once the credential has proved good. */
export async function watchWorkspace(
  client: CommonpurseClient,
  signal: AbortSignal,
  openView: () => WatchView,
): Promise<void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  let view: WatchView | null = null;
  try {
    const workspace = await client.workspace({ signal: both });
    const { items: calls } = await client.usagePage({ first: CALLS_SHOWN, signal: both });
    const model: WatchModel = {
      workspaceName: workspace?.name ?? '',
      state: 'CONNECTING',
      cause: null,
      balance: null,
      calls,
    };
    view = openView();
    for (const call of calls.toReversed())
      view.onCall(model, { __typename: 'UsageChange', seq: call.seq, usageEntry: call });
    await Promise.all([
      followBalance(client, { model, view, signal: both }),
      followCalls(client, { model, view, signal: both }),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    // One stream that failed takes the other along.
    ended.abort();
    view?.close();
  }
}

interface Following {
  model: WatchModel;
  view: WatchView;
  signal: AbortSignal;
}

async function followBalance(client: CommonpurseClient, { model, view, signal }: Following): Promise<void> {
  for await (const event of client.watchBalance({ signal })) {
    model.balance = event.balance;
    view.onBalance(model, event);
  }
}

async function followCalls(client: CommonpurseClient, { model, view, signal }: Following): Promise<void> {
  const onStateChange = (state: WatchModel['state'], cause: Error | null): void => {
    Object.assign(model, { state, cause: cause?.message ?? null });
    view.onState(model);
  };
  // Going on behind the newest call that was read leaves no gap between the page and the stream.
  const after = model.calls[0]?.seq ?? '0';
  for await (const event of client.watchUsage({ after, signal, onStateChange })) {
    if (event.__typename === 'UsageChange') {
      model.calls = [event.usageEntry, ...model.calls].slice(0, CALLS_SHOWN);
      view.onCall(model, event);
    } else {
      // Too much happened to replay all of it: the newest calls are what matters here.
      model.calls = (await client.usagePage({ first: CALLS_SHOWN, signal })).items;
      view.onState(model);
    }
  }
}
