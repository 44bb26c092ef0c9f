import { stripVTControlCharacters } from 'node:util';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of vitest's JSON report that a count needs. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: readonly FileReport[];
}

interface FileReport {
  name: string;
  status: string;
  /** Why it could not be loaded. */
  message?: string;
  assertionResults: readonly { status: string; fullName?: string; failureMessages?: readonly string[] | null }[];
}

/**
 * What a run of vitest amounts to. A file that could not be loaded, a crash and an empty run each count as a failure:
 * none of them shows among the tests, and all of them would otherwise read as success.
 */
export function tallyTests(report: Report | null, exitedWell: boolean): Tally {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const passed = report.numPassedTests;
  const failed = report.numFailedTests + brokenFiles.length;
  const skipped = report.numPendingTests + report.numTodoTests;
  const unexplained = failed === 0 && (!exitedWell || passed === 0);
  return { passed, failed: unexplained ? 1 : failed, skipped };
}

/** A line for each failure, for the end of the output: where that is cut off, its beginning is what is lost. */
export function describeFailures(report: Report | null): string[] {
  if (report === null) return ['the tests left no report'];
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [`${name}: ${firstLine(message)}`];
    return failed.map(({ fullName, failureMessages }) => `${name} > ${fullName}: ${firstLine(failureMessages?.[0])}`);
  });
}

function firstLine(text: string | undefined): string {
  return (
    stripVTControlCharacters(text ?? 'no message')
      .split('\n', 1)[0]
      ?.slice(0, 300) ?? ''
  );
}

export function tallySteps(outcomes: readonly boolean[]): Tally {
  const passed = outcomes.filter(Boolean).length;
  return { passed, failed: outcomes.length - passed, skipped: 0 };
}

export function describeTally(...parts: readonly Tally[]): string {
  const sum = (key: keyof Tally): number => parts.reduce((total, part) => total + part[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}
