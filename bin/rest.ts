import { ROUTES } from '@/app/api/v1/manifest';
import { serveRoutes } from '@/lib/http/serve';

/** serveRest answers the calls of the API; false for what is none. */
export const serveRest = serveRoutes(ROUTES);
