import { readdirSync, readFileSync } from 'node:fs';
import type { Db } from '#core/db';

/** Linux counts the CPU time of processes in hundredths of a second. */
const MICROS_PER_TICK = 10_000;

/** CPU time of a database server and all its processes since it began, those that are gone included; 0 where nobody tells. */
export async function postgresCpuReader(db: Db): Promise<() => number> {
  const [row] = await db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const postmaster = statOf(row?.pid ?? 0)?.parent ?? 0;
  return () => {
    let ticks = statOf(postmaster)?.ticksWithGone ?? 0;
    for (const name of processNames()) {
      const stat = statOf(Number(name));
      if (stat?.parent === postmaster) ticks += stat.ticks;
    }
    return ticks * MICROS_PER_TICK;
  };
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  } catch {
    return [];
  }
}

/** Null for a process that is gone, or on a system without /proc. */
function statOf(pid: number): { parent: number; ticks: number; ticksWithGone: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything; counted from its end: state, parent, ..., user, system, and those of children gone.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticksAt = (...places: number[]): number => places.reduce((sum, place) => sum + Number(fields[place]), 0);
    return { parent: Number(fields[1]), ticks: ticksAt(11, 12), ticksWithGone: ticksAt(11, 12, 13, 14) };
  } catch {
    return null;
  }
}
