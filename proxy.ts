import { randomBytes } from 'node:crypto';
import { NextResponse, type NextRequest } from 'next/server';
import { contentSecurityPolicy, SECURITY_HEADERS } from '@/lib/http/security-headers';

/**
 * proxy gives every page its security headers and a fresh nonce. Next puts the nonce of the request's policy on its own
 * scripts; the root layout reads `x-nonce` for the rest. API calls do not pass here, so that bodies are not copied.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString('base64');
  const publicUrl = process.env.PENSTOCK_PUBLIC_URL ?? '';
  const policy = contentSecurityPolicy(nonce, {
    development: process.env.NODE_ENV === 'development',
    https: publicUrl.startsWith('https://'),
  });

  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('x-penstock-path', request.nextUrl.pathname + request.nextUrl.search);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  if (publicUrl.startsWith('https://')) response.headers.set('strict-transport-security', 'max-age=31536000');
  return response;
}

export const config = {
  matcher: [{ source: '/((?!api/v1/|api/auth/|api/health|metrics|_next/static|_next/image|icon.svg).*)' }],
};
