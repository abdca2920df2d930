/**
 * Takes secrets out of text before it is written or shown.
 * Exact secrets are those the harness knows; the patterns catch the rest. Too much taken out is the cheaper mistake.
 */

const REPLACEMENT = '[redacted]';

// Every pattern is linear in the length of the line: its repeats are bounded or cannot overlap.
const PATTERNS: readonly [RegExp, string][] = [
  // scheme://user:password@host, RFC 3986, 3.2.1
  [/\b([a-z][a-z\d+.-]{0,30}:\/\/[^\s/:@]*:)[^\s/]+@/gi, `$1${REPLACEMENT}@`],
  // RFC 6750, 2.1
  [/\b(bearer\s{1,8})[\w\-.~+/]+=*/gi, `$1${REPLACEMENT}`],
  // A JSON Web Token in compact form, RFC 7515, 3.1: the first part is base64url of an object, hence "eyJ"
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, REPLACEMENT],
  [/([?&](?:access_token|token|password|secret|api_key)=)[^\s&#"']+/gi, `$1${REPLACEMENT}`],
  [/\b((?:pg)?password["']?\s{0,8}[=:]\s{0,8}["']?)[^\s"',;&]+/gi, `$1${REPLACEMENT}`],
];

/** Takes the secrets out of one line of text. */
export type Redact = (line: string) => string;

/**
 * A function that replaces these exact secrets (also as they stand in a URL or in JSON, and each line of a secret of
 * several lines) and whatever looks like one: passwords in URLs, `Bearer …`, JSON Web Tokens, `?token=…`, `password=…`.
 */
export function redactor(secrets: readonly string[] = []): Redact {
  const spellings = new Set(
    secrets
      .flatMap((secret) => secret.split(/\r?\n/))
      .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      .filter((secret) => secret.trim() !== ''),
  );
  // Longest first: a secret that begins with another one must not be left with its end showing.
  const exact = [...spellings].sort((a, b) => b.length - a.length);
  return (line) => {
    let text = line;
    for (const secret of exact) text = text.replaceAll(secret, REPLACEMENT);
    for (const [pattern, replacement] of PATTERNS) text = text.replace(pattern, replacement);
    return text;
  };
}
