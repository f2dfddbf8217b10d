import type { HelmetOptions } from '../../http/security-headers.ts';

/** Pages load their own style, fonts and icon, send forms to themselves, and run no script at all. */
export const PAGE_HEADERS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'style-src': ["'self'"],
      'font-src': ["'self'"],
      'img-src': ["'self'"],
      // No page connects to anything; tools that judge a page from within it read its robots.txt.
      'connect-src': ["'self'"],
      'form-action': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
  xXssProtection: false,
  xDownloadOptions: false,
};
