/**
 * The steps of several iterators as they come, until one of them ends. Each is asked for its next step once its last was
 * taken, so nothing piles up. The iterators stay the caller's to end. A race of promises instead would leave something
 * behind in the slower one for each step of the faster.
 */
export async function* merged<T>(sources: readonly AsyncIterator<T, unknown>[]): AsyncGenerator<T, void> {
  const arrived: { source: AsyncIterator<T, unknown>; step: IteratorResult<T, unknown> }[] = [];
  let failure: { error: unknown } | null = null;
  let wake: (() => void) | undefined;
  const ask = (source: AsyncIterator<T, unknown>): void => {
    source
      .next()
      .then(
        (step) => void arrived.push({ source, step }),
        (error: unknown) => (failure = { error }),
      )
      .finally(() => wake?.());
  };
  sources.forEach(ask);
  for (;;) {
    if (failure) throw (failure as { error: unknown }).error;
    const next = arrived.shift();
    if (!next) {
      await new Promise<void>((resolve) => (wake = resolve));
      continue;
    }
    if (next.step.done) return;
    yield next.step.value;
    ask(next.source);
  }
}
