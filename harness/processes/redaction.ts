/**
 * Takes secrets out of text before it is written or shown.
 * Exact secrets are those the harness knows; the patterns catch the rest. Too much taken out is the cheaper mistake.
 */

const REPLACEMENT = '[redacted]';

const NAMED = /password|passwd|passphrase|secret|token|api[_-]?key/.source;

// Every pattern is linear in the length of the line: its repeats are bounded, cannot overlap, or cannot fail.
const PATTERNS: readonly [RegExp, string][] = [
  // scheme://user:password@host, RFC 3986, 3.2.1; many write a slash in the password that ought to be escaped, and
  // then it is told from a port with a path by not being a number
  [/\b([a-z][a-z\d+.-]{0,30}:\/\/[^\s/:@]{0,256}:)(?!\d{1,5}(?:[/?#\s]|$))[^\s"'<>]{1,256}@/gi, `$1${REPLACEMENT}@`],
  // RFC 6750, 2.1
  [/\b(bearer\s{1,8})[\w\-.~+/]+=*/gi, `$1${REPLACEMENT}`],
  // RFC 9110, 11.6.2: any scheme
  [/(authorization[\\"']{0,4}\s{0,8}[=:]\s{0,8}[\\"']{0,4}(?:[a-z]{1,20}\s{1,8})?)[^\s"'\\,;]+/gi, `$1${REPLACEMENT}`],
  // RFC 6265, 4: all of its pairs
  [/(cookie[\\"']{0,4}\s{0,8}[=:]\s{0,8}[\\"']{0,4})[^"'\\]+/gi, `$1${REPLACEMENT}`],
  // A JSON Web Token in compact form, RFC 7515, 3.1: the first part is base64url of an object, hence "eyJ"
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, REPLACEMENT],
  // name=value, name: "a value", "name":"value", and the last once more in a string of JSON
  [
    new RegExp(
      `((?:${NAMED})(?:[_-]?(?:access[_-]?)?key)?[\\\\"']{0,4}\\s{0,8}[=:]\\s{0,8})` +
        `(?:(\\\\{0,3}["'])(?:\\\\.|[^])*?(\\2|$)|[^\\s"',;&}]+)`,
      'gi',
    ),
    `$1$2${REPLACEMENT}$3`,
  ],
  // SQL: PASSWORD 'value'
  [/(password\s{1,8}')[^']*/gi, `$1${REPLACEMENT}`],
  // redis-server --requirepass value; --token value
  [new RegExp(`((?:--[a-z-]{0,20}(?:${NAMED})|requirepass|masterauth)\\s{1,8})[^\\s]+`, 'gi'), `$1${REPLACEMENT}`],
];

/** Takes the secrets out of one line of text. */
export type Redact = (line: string) => string;

/**
 * A function that replaces these exact secrets (also as they stand in a URL or in JSON, and each line of a secret of
 * several lines) and whatever looks like one: passwords in URLs, `Authorization`, `Cookie`, JSON Web Tokens, and the value
 * of what is called password, secret, token or key.
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
