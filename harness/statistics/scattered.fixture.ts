/** Noise for tests that import nobody: no value tells of the next, and each is the same each time. */

/** Evenly spread over [0, 1) as `index` goes through the whole numbers: MurmurHash3's finaliser (A. Appleby, 2008). */
export function scattered(index: number): number {
  let bits = Math.imul(index + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
