export interface Violation {
  rule: string;
  path: string;
  line: number;
  message: string;
}

/** One clickable line each, so that a failing test reads as a list of repairs. */
export function describeViolations(found: readonly Violation[]): string[] {
  return found.map(({ rule, path, line, message }) => `${path}:${line} [${rule}] ${message}`);
}
