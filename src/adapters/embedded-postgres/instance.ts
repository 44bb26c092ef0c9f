import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcessIdentity } from './processes.ts';

/** `server` keeps the folder until it is stopped; `command` (migrate, seed, ...) only for a moment. */
export type InstanceRole = 'server' | 'command';

/** Who uses a data folder now. */
export type Instance = {
  pid: number;
  role: InstanceRole;
  /** Where it answers; null while it starts, and for a command. */
  url: string | null;
  /** ISO 8601. */
  startedAt: string;
};

export type InstanceClaim = {
  /** Tells others where this server answers. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
};

export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
  readonly instance: Instance;

  constructor(dataDir: string, instance: Instance) {
    const where = instance.url ? `, and answers at ${instance.url}` : '';
    const who = instance.role === 'server' ? 'A Commonpurse server' : 'A Commonpurse command';
    super(
      `${who} is already using ${dataDir}: it has pid ${instance.pid}${where}. ` +
        `Stop it first, or give this one another folder with COMMONPURSE_DATA_DIR.`,
    );
    this.instance = instance;
  }
}

/** The living owner of a data folder; what a killed one left behind reads as `undefined`. */
export function readInstance(dataDir: string): Instance | undefined {
  const record = readRecord(dataDir);
  if (!record || readProcessIdentity(record.pid) !== record.identity) return undefined;
  const { pid, role, url, startedAt } = record;
  return { pid, role, url, startedAt };
}

/** Makes this process the one owner of the data folder, or throws DataFolderInUse. */
export async function claimInstance(dataDir: string, role: InstanceRole): Promise<InstanceClaim> {
  mkdirSync(dataDir, { recursive: true });
  const identity = readProcessIdentity(process.pid) ?? '';
  const record: InstanceRecord = { pid: process.pid, identity, role, url: null, startedAt: new Date().toISOString() };

  await whileLocked(dataDir, () => {
    const instance = readInstance(dataDir);
    if (instance) throw new DataFolderInUse(dataDir, instance);
    writeRecord(dataDir, record);
  });
  return {
    announce: (url) => whileLocked(dataDir, () => writeRecord(dataDir, { ...record, url })),
    release: () => whileLocked(dataDir, () => rmSync(recordPath(dataDir), { force: true })),
  };
}

type InstanceRecord = Instance & { identity: string };

const recordPath = (dataDir: string): string => join(dataDir, 'instance.json');

/** An unreadable record protects nobody: whoever wrote it did so by rename, so it is not half of a living one's. */
function readRecord(dataDir: string): InstanceRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordPath(dataDir), 'utf8')) as InstanceRecord;
    return Number.isSafeInteger(record.pid) && record.pid > 0 ? record : undefined;
  } catch {
    return undefined;
  }
}

function writeRecord(dataDir: string, record: InstanceRecord): void {
  const draft = `${recordPath(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(draft, recordPath(dataDir));
}

const lockAbandonedMs = 10_000;

/**
 * Taking over a dead owner's record is read, judge, replace: without exclusion two starters could each remove the
 * other's fresh claim. `task` is synchronous, so a lock that is seconds old belongs to a process killed inside it.
 */
async function whileLocked(dataDir: string, task: () => void): Promise<void> {
  const lock = join(dataDir, 'instance.lock');
  while (!tryCreate(lock)) {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > lockAbandonedMs) rmSync(lock, { force: true });
    await sleep(20);
  }
  try {
    task();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryCreate(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
