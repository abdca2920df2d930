/** Password hashes: scrypt in the PHC string format, `$scrypt$ln=…,r=…,p=…$salt$hash`. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** OWASP's Password Storage Cheat Sheet: N = 2^14, r = 8, p = 5 takes 16 MiB. */
const cost = { ln: 14, r: 8, p: 5 } as const;
const key_bytes = 32;
const format = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function scryptOptions(ln: number, r: number, p: number): ScryptOptions {
  return { N: 2 ** ln, r, p, maxmem: 64 * 1024 * 1024 };
}

/** Different passwords may be different code points for the same letters: NFKC, as RFC 8265 would have it. */
function prepare(password: string): string {
  return password.normalize('NFKC');
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(prepare(password), salt, key_bytes, scryptOptions(cost.ln, cost.r, cost.p));
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(key)}`;
}

/** A hash that no password has: verifying against it costs what verifying a real one does. */
const decoy = `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(randomBytes(16))}$${encode(randomBytes(key_bytes))}`;

/**
 * Whether the password has this hash, compared in constant time. For a user who does not exist pass `undefined`: the
 * answer is `false` after the same work, so that its time does not tell which users exist.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const match = format.exec(hash ?? decoy);
  if (match === null) throw new TypeError('expected a password hash like $scrypt$ln=14,r=8,p=5$salt$hash');
  const [, ln, r, p, salt = '', key = ''] = match;
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(
    prepare(password),
    Buffer.from(salt, 'base64'),
    expected.length,
    scryptOptions(Number(ln), Number(r), Number(p)),
  );
  return timingSafeEqual(actual, expected) && hash !== undefined;
}
