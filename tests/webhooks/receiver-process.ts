import { openReceiver, type Received } from './receiver.ts';

// A receiver in a process of its own, as customers have them. Speaks to its parent by messages.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();

/** What its parent says: secrets by path, what time it is, whether it is down, how long it takes; or asks what it got. */
export interface Instruction {
  secrets?: Readonly<Record<string, string>>;
  at?: number | null;
  isDown?: boolean;
  delayMs?: number;
  report?: true;
}

export interface Report {
  received: readonly Pick<Received, 'id' | 'path' | 'body' | 'type' | 'isVerified'>[];
}

let at: number | null = null;
let [isDown, delayMs] = [false, 0];
const receiver = await openReceiver({ clock: () => (at === null ? new Date() : new Date(at)) });
receiver.answer = (_received, response) => {
  setTimeout(() => response.writeHead(isDown ? 503 : 204).end(), delayMs);
};
process.on('message', (said: Instruction) => {
  for (const [path, secret] of Object.entries(said.secrets ?? {})) receiver.secrets.set(path, secret);
  if (said.at !== undefined) at = said.at;
  if (said.isDown !== undefined) isDown = said.isDown;
  if (said.delayMs !== undefined) delayMs = said.delayMs;
  const received = said.report ? receiver.received.splice(0) : [];
  process.send?.({
    received: received.map(({ id, path, body, type, isVerified }) => ({ id, path, body, type, isVerified })),
  } satisfies Report);
});
process.send?.({ url: receiver.url });
