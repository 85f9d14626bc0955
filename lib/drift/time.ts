import { z } from 'zod';

/** A time in a query. */
export const isoTime = z.iso.datetime({ offset: true, message: 'Give a time like 2001-04-18T00:00:00Z.' });
