/** What every answer to a browser carries. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

/**
 * contentSecurityPolicy allows scripts by nonce only and nothing from third parties. Styles may be inline: the canvas moves
 * nodes and the charts size themselves by style attributes, which no nonce can allow, and a nonce in `style-src` would switch
 * 'unsafe-inline' off. A style cannot run code, and it cannot fetch from elsewhere either.
 */
export function contentSecurityPolicy(
  nonce: string,
  given: { development: boolean; https: boolean },
): string {
  const development = given.development ? " 'unsafe-eval'" : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${given.development ? ' ws: wss:' : ''}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(given.https ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}
