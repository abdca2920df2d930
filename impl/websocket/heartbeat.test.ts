import { expect, test } from 'vitest';
import { Heartbeat } from './heartbeat.ts';
import { VirtualClock } from './scripted-peer.ts';
import { DEFAULT_TIMINGS } from './timings.ts';

function start() {
  const clock = new VirtualClock();
  const begin_ms = clock.now();
  const pings_ms: number[] = [];
  let dead_ms: number | undefined;
  const heartbeat = new Heartbeat(
    DEFAULT_TIMINGS,
    clock,
    () => pings_ms.push(clock.now() - begin_ms),
    () => {
      dead_ms = clock.now() - begin_ms;
    },
  );
  heartbeat.start();
  return { clock, heartbeat, pings_ms, deadAt_ms: () => dead_ms };
}

test('a missed pong is followed by the next ping at once, and the verdict falls before 60 s of silence', async () => {
  const { clock, pings_ms, deadAt_ms } = start();
  await clock.advance(58_999);
  expect(pings_ms).toEqual([30_000, 40_000, 50_000]);
  expect(deadAt_ms()).toBeUndefined();
  await clock.advance(1);
  expect(deadAt_ms()).toBe(59_000);
  expect(clock.timers).toBe(0);
});

test('wherever in the cycle the last frame comes, the verdict falls before 60 s of silence', async () => {
  for (let last_ms = 0; last_ms < 58_900; last_ms += 100) {
    const { clock, heartbeat, deadAt_ms } = start();
    await clock.advance(last_ms);
    heartbeat.frame();
    await clock.advance(60_000 - 1);
    expect(deadAt_ms(), `last frame at ${last_ms} ms`).toBeDefined();
  }
});

test('any frame before the verdict is life', async () => {
  const { clock, heartbeat, deadAt_ms } = start();
  await clock.advance(58_999);
  heartbeat.frame();
  await clock.advance(10_000);
  expect(deadAt_ms()).toBeUndefined();
});

test('pings go out every 30 s while events keep coming, since the server must hear something', async () => {
  const { clock, heartbeat, pings_ms } = start();
  for (let second = 0; second < 120; second += 1) {
    await clock.advance(1_000);
    heartbeat.frame();
  }
  expect(pings_ms).toEqual([30_000, 60_000, 90_000, 120_000]);
});

test('a healthy connection is not killed on resume from sleep, whenever it fell asleep (centrifuge-js#423)', async () => {
  for (const asleep_ms of [1, 30_001, 40_001, 50_001, 58_998]) {
    const { clock, heartbeat, pings_ms, deadAt_ms } = start();
    await clock.advance(asleep_ms);
    clock.sleep(3_600_000);
    const before = pings_ms.length;
    await clock.advance(9_999);
    expect(pings_ms.length, `asleep at ${asleep_ms} ms`).toBe(before + 1);
    expect(deadAt_ms()).toBeUndefined();
    heartbeat.frame();
    await clock.advance(30_000);
    expect(deadAt_ms()).toBeUndefined();
  }
});

test('a connection that died in sleep is found one ping after resume', async () => {
  const { clock, deadAt_ms } = start();
  clock.sleep(3_600_000);
  await clock.advance(10_000);
  expect(deadAt_ms()).toBe(3_610_000);
});

test('in a tab whose timers run once a minute a dead connection is found all the same (centrifuge-js#423)', async () => {
  const { clock, deadAt_ms } = start();
  for (let minute = 0; minute < 4; minute += 1) {
    clock.sleep(60_000);
    await clock.advance(0);
  }
  expect(deadAt_ms()).toBe(120_000);
});

test('stopping leaves no timer', async () => {
  const { clock, heartbeat } = start();
  await clock.advance(35_000);
  heartbeat.stop();
  expect(clock.timers).toBe(0);
});
