import { openReceiver, type Receiver } from '../webhooks/receiver.ts';
import type { Person } from '../world/server.ts';
import { makeKey, openStage, type Place, signIn, type Stage, type Visitor } from './stage.ts';
import { openTeller } from './teller.ts';

/** A stage on which a receiver is told what happens, and somebody in front of their workspace, with a key that may spend. */
export interface TellingStage {
  stage: Stage;
  receiver: Receiver;
  grace: Person;
  place: Place;
  secret: string;
  visitor: Visitor;
  close(): Promise<void>;
}

export async function openTellingStage(): Promise<TellingStage> {
  const [stage, receiver] = await Promise.all([openStage(), openReceiver()]);
  const teller = await openTeller(stage.server.app, stage.server.databaseUrl);
  const grace = await stage.server.signUp();
  const { place, secret } = await makeKey(stage.server, grace);
  const visitor = await stage.enter();
  await signIn(visitor, stage, grace);
  return {
    stage,
    receiver,
    grace,
    place,
    secret,
    visitor,
    async close() {
      await teller.close();
      await Promise.all([stage.close(), receiver.close()]);
    },
  };
}
