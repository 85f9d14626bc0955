import NextAuth from 'next-auth';
import { authOptions } from '@/lib/http/auth';

type Context = { params: Promise<{ nextauth: string[] }> };

/** Sign-in, sign-out and session of next-auth; its options are read at each call since secret and address come from the environment. */
const handler = (request: Request, context: Context): Promise<Response> => {
  const answer = NextAuth(authOptions()) as (request: Request, context: Context) => Promise<Response>;
  return answer(request, context);
};

export { handler as GET, handler as POST };
