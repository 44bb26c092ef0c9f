import { readProcessConfig } from '#config';
import { mintOperatorToken } from '#main/operator-token';

/** Mints an operator token and prints it. */
export async function printOperatorToken({ name }: { name: string }): Promise<void> {
  // Standard output carries the token alone, so that a script can take it.
  console.log(await mintOperatorToken(readProcessConfig(), { name, log: console.error }));
}
