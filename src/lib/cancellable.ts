const LEFT = 'left';

/**
 * An async iterator whose `return()` takes effect at once. A plain async generator queues `return()` behind whatever it
 * is awaiting, so a subscriber that leaves while nothing happens would never be let go.
 */
export function cancellable<T>(make: (signal: AbortSignal) => AsyncGenerator<T, void>): AsyncIterableIterator<T, void> {
  const controller = new AbortController();
  const inner = make(controller.signal);
  const stop = async (): Promise<IteratorResult<T, void>> => {
    // A reason of our own: the standard one takes a stack trace, and nobody reads it.
    controller.abort(LEFT);
    await inner.return();
    return { done: true, value: undefined };
  };
  return {
    next: () => inner.next(),
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
