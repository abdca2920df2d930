/** What is cut, in which order and when: drawn from the seed before anything runs, so that a seed repeats it. */

/**
 * How often each cut is made. `rst`, `fin`: of a connection, now · `mid-frame`: of a connection, some bytes later ·
 * `vanish`: what the server sends is lost on the way before the connection is · `mute`: of a connection, and what the
 * client says on its next one is lost, so that it is never acknowledged · `kill-…`: SIGKILL and a new start ·
 * `stop-api`: SIGTERM, its drain and a new start, as a deploy does.
 */
export const CUTS = {
  rst: 6,
  fin: 5,
  'mid-frame': 5,
  vanish: 4,
  mute: 2,
  'kill-api': 2,
  'stop-api': 2,
  'kill-engine': 4,
  'kill-redis': 2,
} as const;

export type Cut = keyof typeof CUTS;

export interface PlannedCut {
  readonly cut: Cut;
  /** Between the moment its viewer is live and the cut: 100 to 500 ms. */
  readonly pause_ms: number;
  /** How many more a `mid-frame` cut lets through: 1 to 700. */
  readonly bytes: number;
}

/** Every cut as often as said, so many times over, in a random order. @param random numbers in [0, 1), drawn by nobody else */
export function planCuts(random: () => number, times = 1): PlannedCut[] {
  const cuts = Object.entries(CUTS).flatMap(([cut, count]) => new Array<Cut>(times * count).fill(cut as Cut));
  return shuffle(cuts, random).map((cut) => ({
    cut,
    pause_ms: 100 + random() * 400,
    bytes: 1 + Math.floor(random() * 700),
  }));
}

/** Fisher-Yates. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
