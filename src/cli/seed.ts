import { seedDemo } from '#cli/demo';
import { readProcessConfig } from '#config';
import { openDatabase } from '#main/database';
import { serve } from '#main/server';

/** Fills an empty database with the demo, through the API of a server that lives for it. */
export async function seed(): Promise<void> {
  const config = readProcessConfig();
  const database = await openDatabase(config, { mode: 'command', log: (line) => console.log(line) });
  try {
    const app = await serve({ ...config, port: 0, publicUrl: undefined }, { ...database, announce: async () => {} });
    try {
      if (!(await app.isEmpty())) {
        console.log('The database has users already: the demo is only for an empty one.');
        return;
      }
      const { user, workspace } = await seedDemo(app, config.dataDir);
      console.log(`Seeded the workspace "${workspace.name}". Sign in as ${user.email}, password ${user.password}.`);
    } finally {
      await app.close();
    }
  } finally {
    await database.stop();
  }
}
