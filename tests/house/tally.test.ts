import { describe, expect, it } from 'vitest';
import { describeFailures, describeTally, tallySteps, tallyTests } from './tally.ts';
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
    const broken = { name: 'broken.test.ts', status: 'failed', assertionResults: [] };
    const failing = { name: 'failing.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(tallyTests(report({ testResults: [broken] }), false).failed).toBe(1);
    expect(tallyTests(report({ testResults: [broken, failing], numFailedTests: 1 }), false).failed).toBe(2);
  });

  it('names each failure in a line of its own', () => {
    const testResults = [
      { name: 'broken.test.ts', status: 'failed', message: 'Cannot find module\nat once', assertionResults: [] },
      {
        name: 'failing.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'is well' },
          { status: 'failed', fullName: 'is ill', failureMessages: ['\u001b[31mexpected 1\u001b[0m\nto be 2'] },
        ],
      },
    ];
    expect(describeFailures(report({ testResults }))).toEqual([
      'broken.test.ts: Cannot find module',
      'failing.test.ts > is ill: expected 1',
    ]);
    expect(describeFailures(report({}))).toEqual([]);
    expect(describeFailures(null)).toHaveLength(1);
  });
});
