import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { tellVitals } from './vitals.ts';

const TYPES = `
  type Query { nothing: String }
  type Subscription { usageRecorded: UsageRecordedEvent! }
  union UsageRecordedEvent = FeedSnapshot | UsageChange
  type FeedSnapshot { seq: String! }
  type UsageChange { seq: String! usageEntry: UsageEntry! }
  type UsageEntry { id: ID! createdAt: String! outcome: String! environment: String! credits: String! price: String!
    availableAfter: String! apiKey: ApiKey }
  type ApiKey { id: ID! name: String! }
`;

/** What the product's live delivery is compared with, in a process of its own: told a text, it is sent to every socket. */
const server = createServer();
const publish = process.argv[2] === 'recipe' ? serveRecipe() : serveBroadcast();
tellVitals();
process.on('message', (message: unknown) => {
  if (typeof message === 'object' && message !== null && 'publish' in message) publish(String(message.publish));
});
process.on('disconnect', () => process.exit());
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1_024, resolve));
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

/** Yoga and graphql-ws as their documentation joins them, over a schema of the product's shape. */
function serveRecipe(): (text: string) => void {
  const eventTarget = new EventTarget();
  // Otherwise the eleventh subscriber makes it complain.
  setMaxListeners(0, eventTarget);
  const pubSub = createPubSub<{ usage: [object] }>({ eventTarget: eventTarget as never });
  const resolvers = { Subscription: { usageRecorded: { subscribe: () => pubSub.subscribe('usage') } } };
  const yoga = createYoga({ schema: createSchema({ typeDefs: TYPES, resolvers }), logging: false });
  type Run = (args: unknown) => never;
  type Rooted = { rootValue: { execute: Run; subscribe: Run } };
  useServer(
    {
      execute: (args) => (args as unknown as Rooted).rootValue.execute(args),
      subscribe: (args) => (args as unknown as Rooted).rootValue.subscribe(args),
      async onSubscribe(context, _id, params) {
        const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
          ...context,
          req: context.extra.request,
          socket: context.extra.socket,
          params,
        });
        const args = {
          schema,
          operationName: params.operationName,
          document: parse(params.query) as never,
          variableValues: params.variables,
          contextValue: (await contextFactory()) as unknown,
          rootValue: { execute, subscribe },
        };
        const errors = validate(args.schema, args.document) as never[];
        return errors.length > 0 ? errors : (args as never);
      },
    },
    new WebSocketServer({ server, path: '/graphql' }),
  );
  return (text) => {
    const { usageRecorded } = JSON.parse(text) as { usageRecorded: object };
    pubSub.publish('usage', { usageRecorded });
  };
}

/** `ws` alone: the same bytes to all. It understands nothing and answers only what its crowd waits for. */
function serveBroadcast(): (text: string) => void {
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  sockets.on('connection', (socket) => {
    socket.on('message', (message: Buffer) => {
      if (message.includes('connection_init')) socket.send('{"type":"connection_ack"}');
      if (message.includes('"ping"')) socket.send('{"type":"pong"}');
    });
  });
  return (text) => {
    const bytes = Buffer.from(text);
    for (const socket of sockets.clients) socket.send(bytes, { binary: false });
  };
}
