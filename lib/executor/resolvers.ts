/** A promise and what settles it. */
export type Resolvers<T> = { promise: Promise<T>; resolve(value: T | PromiseLike<T>): void; reject(reason: unknown): void };

/** resolvers makes a promise that others settle; nobody need listen when it is rejected. */
export function resolvers<T>(): Resolvers<T> {
  let resolve!: (value: T | PromiseLike<T>) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
