import type { Project } from './plan/part.ts';

/** Who owns the platform and where it lives: the one place to edit after a fork. */
export const project: Project = {
  /** Prefix of namespaces and value of `app.kubernetes.io/part-of`. */
  name: 'quotes',
  repository: 'https://github.com/quotes-platform/quotes',
  /** One image for every service; SERVICE selects the process. */
  image: 'ghcr.io/quotes-platform/quotes',
  /** Environments live below it; `example.com` is reserved for documentation (RFC 2606). */
  domain: 'quotes.example.com',
  contact: 'platform@quotes.example.com',
};
