/**
 * Makes a function that never runs twice at a time: whoever calls it during a run shares one more run after it. So each
 * caller gets a run that began after the call.
 */
export function collapse<T extends unknown[]>(run: (...args: T) => Promise<void>): (...args: T) => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const request = (...args: T): Promise<void> => {
    if (!running) {
      running = run(...args).finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return request(...args);
      });
    return next;
  };
  return request;
}
