import { twMerge } from 'tailwind-merge';

type Part = string | false | null | undefined;

/** Joins class names; of two that set the same property, the last one holds. */
export function classes(...parts: Part[]): string {
  return twMerge(parts.filter((part): part is string => typeof part === 'string' && part !== ''));
}
