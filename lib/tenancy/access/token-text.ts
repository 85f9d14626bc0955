import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'pst_';
const SHAPE = /^pst_[A-Za-z0-9_-]{32,200}$/;

/** newTokenText makes a token: `pst_` and 256 random bits. */
export const newTokenText = (): string => PREFIX + randomBytes(32).toString('base64url');

/** isTokenText tells whether a text can be a token at all. */
export const isTokenText = (text: string): boolean => SHAPE.test(text);

/** hashToken is what is stored of a token or of a link. Plain sha-256 is enough for 256 random bits. */
export const hashToken = (text: string): string => createHash('sha256').update(text).digest('hex');

/** tokenPrefix is what a person recognises a token by. */
export const tokenPrefix = (text: string): string => text.slice(0, PREFIX.length + 6);
