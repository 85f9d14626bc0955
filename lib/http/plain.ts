/** What a value looks like after it went through JSON. */
export type Plain<T> = T extends Date
  ? string
  : T extends readonly (infer I)[]
    ? Plain<I>[]
    : T extends object
      ? { [K in keyof T]: Plain<T[K]> }
      : T;

/** plain hands a service's answer to a client component as the API would. */
export const plain = <T>(value: T): Plain<T> => JSON.parse(JSON.stringify(value)) as Plain<T>;
