/** Plain is a value as it reaches the browser: dates have become text. */
export type Plain<T> = T extends Date ? string : T extends (infer Item)[] ? Plain<Item>[] : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;
