import { env } from '@/lib/core/env';

/** mailConfigured tells pages whether mail can go out at all. */
export const mailConfigured = (): boolean => env().PENSTOCK_SMTP_URL !== undefined;
