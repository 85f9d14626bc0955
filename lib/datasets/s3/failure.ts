import { AppError } from '@/lib/core/errors';

/**
 * storeFailure is trouble with the store in words. Its reason is the error code of an attempt that ends by it: `store_unavailable` (it
 * does not answer) or `store_refused` (it does, but says no).
 */
export const storeFailure = (reason: 'store_unavailable' | 'store_refused', message: string): AppError => new AppError('unavailable', message, [], { reason });
