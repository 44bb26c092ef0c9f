import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

export type Secrets = {
  authSecret: string;
  /** 32 bytes. */
  sealingKey: Buffer;
};

/**
 * The secrets of a data folder: those given, and for the missing ones files of mode 0600, made on first use. A file is
 * never overwritten, since sessions and sealed values die with the secret that made them.
 */
export async function loadOrCreateSecrets(
  dataDir: string,
  given: { [Name in keyof Secrets]: Secrets[Name] | undefined } = { authSecret: undefined, sealingKey: undefined },
): Promise<Secrets> {
  const authSecret = given.authSecret ?? (await loadOrCreate(dataDir, 'auth-secret')).toString('base64');
  const sealingKey = given.sealingKey ?? (await loadOrCreate(dataDir, 'sealing-key'));
  return { authSecret, sealingKey };
}

async function loadOrCreate(dataDir: string, name: string): Promise<Buffer> {
  const path = join(dataDir, name);
  const existing = await readFile(path, 'utf8').catch(ignoreMissing);
  if (existing === undefined) {
    await mkdir(dataDir, { recursive: true });
    await createOnce(path, randomBytes(32).toString('base64'));
  }
  const secret = Buffer.from(existing ?? (await readFile(path, 'utf8')), 'base64');
  if (secret.length === 32) return secret;
  throw new Error(
    `${path} does not hold the base64 form of 32 bytes. Restore it from a backup; deleting it makes a new secret, and what the old one protected is lost.`,
  );
}

/** Written aside, synced, then linked: neither a crash nor a second process can leave half a secret or replace one. */
async function createOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

const isErrno = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

function ignoreMissing(error: unknown): undefined {
  if (!isErrno(error, 'ENOENT')) throw error;
}
