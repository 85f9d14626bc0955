import { uuidv7 } from 'uuidv7';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** newId makes a time-ordered UUID (version 7, RFC 9562), so that primary keys stay append-mostly. */
export const newId = (): string => uuidv7();

/** isId tells whether a text can be one of our ids; a text that cannot is "not found", never a database error. */
export const isId = (text: string): boolean => UUID.test(text);
