/** What a process costs. */

export interface Usage {
  readonly rss_bytes: number;
  /** Since it was started, user and system. */
  readonly cpu_ms: number;
}

/** Garbage is collected first, where `--expose-gc` allows it, so that what is measured is what is kept. */
export function usageOfThisProcess(): Usage {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { rss_bytes: process.memoryUsage.rss(), cpu_ms: (user + system) / 1_000 };
}
