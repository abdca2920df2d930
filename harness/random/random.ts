/** The harness's one source of random numbers: seeded, so that what it decides can be repeated. */

/**
 * A generator of numbers in [0, 1) from a 32-bit seed: `sfc32` by Chris Doty-Humphrey (PractRand), warmed up as its
 * author advises. Not for secrets.
 */
export function seededRandom(seed: number): () => number {
  let a = 0;
  let b = seed >>> 0;
  let c = 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** A new independent source whose seed is the next number of `random`. */
export function forkRandom(random: () => number): () => number {
  return seededRandom(Math.floor(random() * 2 ** 32));
}
