/** Work that the clock starts, whoever is connected. Several workers may know a job: each time it is due, one runs it. */
export interface Job {
  /** Permanent: what waits in the database carries it. */
  name: string;
  /** When, as the five fields of a crontab, in UTC. */
  cron: string;
  /** Must bear to be cut short anywhere, and to be run again, even while an earlier run goes on. */
  run(): Promise<void>;
}

/** Whoever runs jobs when they are due. */
export interface JobRunner {
  /** Takes no more work and waits, for a while, for what runs. */
  close(): Promise<void>;
}
