/** Which path of an attachment may become a link. */

/**
 * The path as a relative URL, or undefined when it could lead anywhere else than into the run's folder:
 * a scheme (`javascript:`), a host (`//host`), an absolute path, a step upwards, a backslash or a control character
 * (a browser drops tabs and line breaks, and `java\tscript:` is a scheme again).
 */
export function relativeHref(path: string): string | undefined {
  const segments = path.split('/');
  const stays = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!stays || segments[0]?.includes(':') || /[\p{Cc}\\]/u.test(path) || !path.isWellFormed()) return undefined;
  return segments.map(encodeURIComponent).join('/');
}
