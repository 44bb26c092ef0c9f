import { type Answer, type Attempt } from './history.ts';
import { Model } from './model.ts';

/**
 * Whether some order of these calls explains all their answers, each decided between its call and its answer (Wing and
 * Gong's search). Tries every order, so for a handful of calls: it judges the checker that does without. Numbers are not
 * looked at; no grant may end meanwhile.
 */
export function isLinearizable(attempts: readonly Attempt[], decided: readonly Attempt[] = []): boolean {
  if (attempts.length === 0) return true;
  const earliestReturn = Math.min(...attempts.map(({ returnedAt }) => returnedAt));
  return attempts.some((attempt) => {
    // Somebody who is still waiting was answered before this one was asked.
    if (attempt.invokedAt > earliestReturn) return false;
    const order = [...decided, attempt];
    const others = attempts.filter((other) => other !== attempt);
    return explains(order) && isLinearizable(others, order);
  });
}

/** Whether the last answer is what comes of deciding one after another. */
function explains(order: readonly Attempt[]): boolean {
  const model = new Model();
  const verdicts = order.map(({ request, name }, at) => model.decide(request, at, name));
  const verdict = verdicts.at(-1);
  const answer = order.at(-1)?.answer as Answer;
  return verdict?.outcome === answer.outcome && verdict.availableAfter === answer.availableAfter;
}
