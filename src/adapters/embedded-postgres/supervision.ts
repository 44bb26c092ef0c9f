import { boundLog } from './log-file.ts';
import { findPostmaster } from './postmaster.ts';

export type Supervision = { stop(): Promise<void> };

export type SupervisionOptions = {
  directory: string;
  logPath: string;
  restart: () => Promise<void>;
  log: (line: string) => void;
};

/**
 * Looks after a running PostgreSQL: the kernel's out-of-memory killer takes databases first, and without a restart
 * the server would answer errors until somebody came.
 */
export function supervise({ directory, logPath, restart, log }: SupervisionOptions): Supervision {
  let check = Promise.resolve();
  let isChecking = false;

  const runCheck = async (): Promise<void> => {
    try {
      await boundLog(logPath);
      if (findPostmaster(directory)) return;
      log('PostgreSQL has died, starting it again');
      await restart();
    } catch (error) {
      log(`PostgreSQL cannot be looked after: ${(error as Error).message}`);
    } finally {
      isChecking = false;
    }
  };

  const timer = setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    check = runCheck();
  }, checkIntervalMs);
  timer.unref();

  return {
    stop: () => {
      clearInterval(timer);
      return check;
    },
  };
}

const checkIntervalMs = 1_000;
