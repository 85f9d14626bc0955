import { AppError } from '@/lib/core/errors';
import { organizationRoute } from '@/lib/http/route';

/** Addresses that the API does not have answer like everything else: a problem, 401 before 404. */
const nothing = organizationRoute({
  path: '/{rest}',
  summary: 'Nothing is here',
  handle: ({ request }) =>
    Promise.reject(new AppError('not_found', `There is no call ${request.method} ${new URL(request.url).pathname}. See /api/docs.`)),
});

export { nothing as GET, nothing as POST, nothing as PUT, nothing as PATCH, nothing as DELETE };
