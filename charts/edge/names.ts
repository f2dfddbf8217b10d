/** Names that the edge's objects in dist/ and in the addons share. */
export const EDGE = {
  route: 'quotes',
  redirect: 'quotes-redirect',
  /** Secret with the host's certificate and key; cert-manager writes it. */
  certificate: 'quotes-tls',
  rateLimit: 'rate-limit',
  securityHeaders: 'security-headers',
  redirectToHttps: 'redirect-to-https',
} as const;
