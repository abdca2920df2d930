/** Keeps one core busy until it is ended, and tells every second how much of one it was given: `burned 980 ms`. */
import { writeSync } from 'node:fs';

const SLICE_MS = 1_000;

for (;;) {
  const end_ms = performance.now() + SLICE_MS;
  while (performance.now() < end_ms);
  writeSync(1, `burned ${Math.round(process.cpuUsage().user / 1_000)} ms\n`);
}
