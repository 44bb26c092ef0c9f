const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = timeZone + JSON.stringify(options);
  const known = formats.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...options });
  formats.set(name, made);
  return made;
}

export const ownTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The shortest text that tells one mark of an axis from the next. */
export function axisText(time: number, stepMs: number, timeZone: string): string {
  const clock = format(timeZone, { hour: '2-digit', minute: '2-digit' }).format(time);
  if (stepMs < DAY_MS && clock !== '00:00') return clock;
  if (stepMs < 28 * DAY_MS) return format(timeZone, { month: 'short', day: 'numeric' }).format(time);
  return format(timeZone, { month: 'short', year: 'numeric' }).format(time);
}

/** A bucket in words: "Nov 28, 14:00 – 15:00", "Sat, Nov 28", "Nov 23 – 29", "November 2026". */
export function spanText(start: number, end: number, timeZone: string): string {
  const length = end - start;
  if (length < 23 * HOUR_MS) {
    const clock = format(timeZone, { hour: '2-digit', minute: '2-digit' });
    const day = format(timeZone, { month: 'short', day: 'numeric' });
    return `${day.format(start)}, ${clock.format(start)} – ${clock.format(end)}`;
  }
  if (length <= 25 * HOUR_MS) {
    return format(timeZone, { weekday: 'short', month: 'short', day: 'numeric' }).format(start);
  }
  if (length < 27 * DAY_MS)
    return format(timeZone, { month: 'short', day: 'numeric' }).formatRange(start, end - HOUR_MS);
  return format(timeZone, { month: 'long', year: 'numeric' }).format(start);
}

/** A moment to the second, with its time zone told by whoever shows it. */
export function momentText(time: number | string, timeZone = ownTimeZone): string {
  return format(timeZone, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time));
}

/** How long a call took: "840 ms", "2.4 s", "3 min 5 s". */
export function latencyText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How long something lasts, in the one or two units that matter: "6 hours", "12 days", "3 months". */
export function durationText(hours: number): string {
  const [count, unit] =
    hours < 1
      ? [hours * 60, 'minute']
      : hours < 48
        ? [hours, 'hour']
        : hours < 24 * 60
          ? [hours / 24, 'day']
          : hours < 24 * 730
            ? [hours / (24 * 30.44), 'month']
            : [hours / (24 * 365.25), 'year'];
  const whole = Math.max(1, Math.floor(count));
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

/** What the input of a date and time takes: local, without a zone. */
export function localMinute(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
