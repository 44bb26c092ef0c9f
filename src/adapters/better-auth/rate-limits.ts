const PATHS = [
  '/sign-in/*',
  '/sign-up/*',
  '/two-factor/*',
  '/change-password',
  '/verify-password',
  '/request-password-reset',
  '/reset-password',
  '/send-verification-email',
];

/** Guesses are counted by path and by the address that our edge found, one minute at a time, in this process. */
export function rateLimits(attemptsPerMinute: number) {
  const rule = { window: 60, max: attemptsPerMinute };
  return {
    enabled: true,
    storage: 'memory' as const,
    window: 60,
    max: attemptsPerMinute * 30,
    customRules: Object.fromEntries(PATHS.map((path) => [path, rule])),
  };
}
