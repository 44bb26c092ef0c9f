import { expect, test } from 'vitest';
import { FanOut } from '#server/fan-out';
import { Random } from '../isolation/random.ts';
import { openLog, type Rights } from './growing-log.ts';
import { begin, numbers, pause } from './stand-in-socket.ts';

/** A cohort of people, an event for it, and a doubt about the second of them that is not answered yet. */
async function doubtSecond(names: readonly string[]) {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  const rights = names.map((credential): Rights => ({ cohort: 'members', credential }));
  const crowd = rights.map((each) => begin(log.follow(null, each), fanOut));
  await pause();
  await pause();
  const answers: (() => void)[] = [];
  rights[1]!.asking = new Promise((resolve) => answers.push(resolve));
  log.doubt();
  log.grow(1);
  return { log, rights, crowd, answers };
}

test('people of the same rights are a cohort; who loses them ends alone, also as the one it is run as', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  const rights: Rights[] = Array.from({ length: 5 }, (_, index) => ({ cohort: 'same', credential: `person ${index}` }));
  const crowd = rights.map((each) => begin(log.follow(null, each), fanOut));
  await pause();
  await pause();
  expect(log.open.streams).toBe(1);
  log.grow(1);
  await pause();
  expect(log.made()).toBe(1);
  for (const lost of [0, 3]) rights[lost]!.lost = new Error('No longer.');
  log.doubt();
  await expect.poll(() => crowd.map(({ isOver }) => isOver())).toEqual([true, false, false, true, false]);
  log.grow(1);
  await pause();
  expect(crowd.map(({ heard }) => heard.at(-1))).toEqual(['No longer.', '2', '2', 'No longer.', '2']);
  expect(log.open.streams).toBe(1);
});

test('nothing is sent to anybody whose rights are in doubt, and other rights lead to another cohort', async () => {
  const { log, rights, crowd, answers } = await doubtSecond(['Ada', 'Bob', 'Cid']);
  await pause(20);
  expect(crowd.map(({ heard }) => heard)).toEqual([[], [], []]);
  Object.assign(rights[1]!, { cohort: 'viewers', asking: undefined });
  answers[0]!();
  await expect.poll(() => crowd.map(({ heard }) => heard)).toEqual([['1'], ['1'], ['1']]);
  expect(log.open.streams).toBe(2);
  log.grow(2);
  await expect.poll(() => crowd.map(({ heard }) => heard)).toEqual(crowd.map(() => ['1', '2', '3']));
});

test('who comes back while their rights are still asked about is there, whatever the answer to the question before', async () => {
  const log = openLog();
  const fanOut = new FanOut(() => undefined);
  const [other, before, after] = ['other', 'mine', 'mine'].map((credential): Rights => ({
    cohort: 'same',
    credential,
  }));
  const bystander = begin(log.follow(null, other), fanOut);
  await pause();
  await pause();
  const first = begin(log.follow(null, before), fanOut);
  await pause();
  await pause();
  const answers: (() => void)[] = [];
  before!.asking = new Promise((resolve) => answers.push(resolve));
  log.doubt();
  await pause();
  first.leave();
  const second = begin(log.follow(null, after), fanOut);
  await pause();
  await pause();
  before!.lost = new Error('Nobody wants to know any more.');
  answers[0]!();
  await pause();
  log.grow(2);
  await pause();
  expect([bystander.heard, second.heard]).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
});

test('what waits for one that does not read is sent by the rights that they have when they do', async () => {
  const log = openLog();
  log.grow(3);
  const rights: Rights = { cohort: 'same', credential: 'one' };
  const one = begin(log.follow(0n, rights), new FanOut(() => undefined));
  one.stall();
  await pause(20);
  expect(one.heard).toEqual(['1']);
  rights.lost = new Error('No longer.');
  log.doubt();
  one.drain();
  await pause(20);
  expect(one.heard).toEqual(['1', 'No longer.']);
});

test('a doubt that comes in whichever moment of an answer is not passed over', async () => {
  for (let depth = 0; depth < 30; depth++) {
    const { log, rights, crowd, answers } = await doubtSecond(['Ada', 'Bob']);
    await pause(2);
    delete rights[1]!.asking;
    answers[0]!();
    for (let turn = 0; turn < depth; turn++) await Promise.resolve();
    const wasTold = crowd[1]!.heard.length > 0;
    rights[1]!.lost = new Error('lost');
    log.doubt();
    await pause(2);
    expect(crowd[1]!.heard).toEqual(wasTold ? ['1', 'lost'] : ['lost']);
  }
});

/** Five people whose roles change while they come, stall, go on and leave. */
async function bustle(seed: number, isOrdered: boolean): Promise<string[]> {
  const log = openLog({ isOrdered });
  const fanOut = new FanOut(() => undefined);
  const random = new Random(seed, isOrdered ? 1 : 2);
  const people = Array.from({ length: 5 }, (_, index): Rights => ({ cohort: 'member', credential: `person ${index}` }));
  for (const person of people)
    Object.defineProperty(person, 'asking', {
      get: () => (random.chance(0.3) ? pause(random.below(3)) : undefined),
    });
  let last = 0;
  const crowd: (ReturnType<typeof begin> & { after: number; hasLeft: boolean })[] = [];
  for (let turn = 0; turn < 300; turn++) {
    const one = crowd[random.below(crowd.length || 1)];
    const choice = random.below(13);
    if (choice < 3) log.grow(((last += choice), choice));
    else if (choice < 6 && crowd.length < 50) {
      const after = random.below(last + 1);
      crowd.push({ ...begin(log.follow(BigInt(after), random.pick(people)), fanOut), after, hasLeft: false });
    } else if (choice === 6) one?.stall();
    else if (choice === 7) one?.drain();
    else if (choice === 8 && one && random.chance(0.3)) one.hasLeft ||= one.leave();
    else if (choice === 9) {
      random.pick(people).cohort = random.chance(0.5) ? 'member' : 'viewer';
      log.doubt();
    } else await pause(random.below(15) === 0 ? 55 : 0);
  }
  for (let turn = 0; turn < 4; turn++) {
    for (const { drain } of crowd) drain();
    await pause(60);
  }
  const wrong = crowd.flatMap(({ heard, after, hasLeft }, index) => {
    const wanted = numbers(after + 1, last).slice(0, hasLeft ? heard.length : last);
    return heard.join() === wanted.join() ? [] : [`${seed}: ${index} heard ${heard.join()} of ${wanted.join()}`];
  });
  for (const { leave } of crowd) leave();
  await pause(20);
  return [...wrong, ...(log.open.streams + fanOut.cohortCount > 0 ? [`${seed}: something is left`] : [])];
}

test('whatever becomes of whose rights meanwhile, each hears every event once and in order, and nothing is left', async () => {
  for (let seed = 1; seed <= 4; seed++) expect(await bustle(seed, true)).toEqual([]);
});

test('the same where events have no one order for all', async () => {
  for (let seed = 1; seed <= 4; seed++) expect(await bustle(seed, false)).toEqual([]);
});
