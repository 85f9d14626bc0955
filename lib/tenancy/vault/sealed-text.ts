import { secretKey } from './key';
import { open, seal } from './seal';

/** sealText encrypts a text for one place with the installation's key, as base64. */
export const sealText = (place: string, text: string): string =>
  Buffer.from(seal(secretKey(), place, text)).toString('base64');

/** openText decrypts what sealText made for the same place. @throws AppError unavailable */
export const openText = (place: string, sealed: string): string =>
  open(secretKey(), place, Buffer.from(sealed, 'base64'));
