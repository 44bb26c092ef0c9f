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
  testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
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

export function tallySteps(outcomes: readonly boolean[]): Tally {
  const passed = outcomes.filter(Boolean).length;
  return { passed, failed: outcomes.length - passed, skipped: 0 };
}

export function describeTally(...parts: readonly Tally[]): string {
  const sum = (key: keyof Tally): number => parts.reduce((total, part) => total + part[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}
