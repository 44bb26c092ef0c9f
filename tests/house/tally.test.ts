import { describe, expect, it } from 'vitest';
import { describeTally, tallySteps, tallyTests } from './tally.ts';
import type { Report } from './tally.ts';

const report = (changes: Partial<Report>): Report => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...changes,
});

describe('the count of a test run', () => {
  it('adds steps and tests', () => {
    const tests = tallyTests(report({ numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }), false);
    expect(describeTally(tallySteps([true, false]), tests)).toBe('4 passed, 3 failed, 2 skipped');
  });

  it('is clean only for a run that exited well and ran something', () => {
    expect(tallyTests(report({}), true)).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(tallyTests(report({}), false).failed).toBe(1);
    expect(tallyTests(report({ numPassedTests: 0 }), true).failed).toBe(1);
    expect(tallyTests(null, true).failed).toBe(1);
  });

  it('counts a file that could not be loaded, once', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(tallyTests(report({ testResults: [broken] }), false).failed).toBe(1);
    expect(tallyTests(report({ testResults: [broken, failing], numFailedTests: 1 }), false).failed).toBe(2);
  });
});
