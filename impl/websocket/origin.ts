/**
 * Which pages may open event connections. A browser lets any page connect and says only in `Origin` whose it is (RFC 6455,
 * section 10.2); what is no browser sends none.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Whether the request comes from no page, from a page of the host it was sent to, or from one of `allowed`. */
export function isAllowedOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
