import { readFile } from 'node:fs/promises';

/** The credentials that `commonpurse start` keeps for its demo. */
export interface Demo {
  url: string;
  operatorToken: string;
  workspace: { id: string };
  keys: { name: string; environment: 'LIVE' | 'TEST'; secret: string }[];
}

export const DEMO_FILE = '.commonpurse/demo.json';

export async function readDemo(file: string): Promise<Demo> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Demo;
  } catch (error) {
    throw new Error(`No demo in ${file}: start Commonpurse first (npm start), or name its file with --demo.`, {
      cause: error,
    });
  }
}
