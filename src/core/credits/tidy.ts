import type { Command } from '#core/credits/command';

/** Writes what the clock alone has brought about: grants and holds that ended, an allowance that began. */
export function tidy(workspaceId: string): Command<void> {
  return {
    workspaceId,
    line: 'the clock',
    keyedBy: [],
    needs: {},
    // All of it is written as the books are opened.
    decide(books) {
      books.isTidied = true;
    },
    replay: () => Promise.reject(new Error('Without a key nothing is repeated')),
  };
}
