import { useSyncExternalStore } from 'react';
import { durationText } from './time-text.ts';

const TICK_MS = 15_000;
const HOUR_MS = 3_600_000;

/** One clock for all times on the page. */
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

const long = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const short = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** The part of a unit that may be over before a deadline counts as one less. */
const JUST_BEGUN = 0.05;

function relativeText(time: number, from: number, relative = long): string {
  const seconds = Math.round((time - from) / 1_000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  if (unit === 'second') return Math.abs(seconds) < 20 ? 'just now' : relative.format(seconds, 'second');
  // What has just been set to end in seven days says so, not "in 6 days".
  const slack = seconds > 0 ? JUST_BEGUN : 0;
  return relative.format(Math.trunc(seconds / size + slack), unit);
}

/** How long something has lasted, kept current: "5 minutes". */
export function Lasting({ since }: { since: string }) {
  const time = Date.parse(since);
  return (
    <time dateTime={since} className="whitespace-nowrap" title={momentOf(since)}>
      {durationText((useNow() - time) / HOUR_MS)}
    </time>
  );
}

const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** The moment itself, local and in UTC, for whoever points at a time. */
function momentOf(at: string): string {
  return `${absolute.format(Date.parse(at))} · ${at.slice(0, 19).replace('T', ' ')} UTC`;
}

/** How long ago, kept current. `isShort` where room is scarce. */
export function Time({ at, isShort = false }: { at: string; isShort?: boolean }) {
  const current = useNow();
  const time = Date.parse(at);
  // The page's clock lags a little behind events that have just come.
  const from = time > current && time - current < TICK_MS ? time : current;
  return (
    <time dateTime={at} className="whitespace-nowrap" title={momentOf(at)}>
      {relativeText(time, from, isShort ? short : long)}
    </time>
  );
}
