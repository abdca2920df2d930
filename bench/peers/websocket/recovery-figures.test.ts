import { expect, test } from 'vitest';
import type { Listener } from './audience-child.ts';
import { recoveryFigures } from './recovery-figures.ts';

const cut = { missed: 4, last: 6, back_ms: 1_000 };

/** One that was cut after its second event. */
function listener(numbers: readonly number[], at_ms: readonly number[], drops = 1): Listener {
  return { isLive: true, drops, numbers, at_ms };
}

test('a client has caught up when it has the last event that was published before the network was back', () => {
  const replayed = listener([1, 2, 3, 4, 5, 6], [10, 20, 1_700, 1_701, 1_750, 1_800]);
  expect(recoveryFigures([replayed], cut)).toMatchObject({
    caught_up_p50_ms: 701,
    lost_events: 0,
    doubled_events: 0,
  });
});

test('one without a replay has caught up with its first new event, and what it never gets is counted as lost', () => {
  const live = listener([1, 2, 5, 6], [10, 20, 1_600, 1_650]);
  expect(recoveryFigures([live], cut)).toMatchObject({ caught_up_p50_ms: 600, lost_events: 2 });
});

test('events that come again are counted as doubled, and hide none that is missing', () => {
  const doubling = listener([1, 2, 2, 2, 5, 6], [10, 20, 1_500, 1_501, 1_600, 1_650]);
  expect(recoveryFigures([doubling], cut)).toMatchObject({ lost_events: 2, doubled_events: 2 });
});

test('the quantiles are those of the clients, by nearest rank', () => {
  const all = Array.from({ length: 20 }, (_, index) => listener([1, 2, 5, 6], [10, 20, 1_001 + index, 1_650]));
  expect(recoveryFigures(all, cut)).toMatchObject({ caught_up_p50_ms: 10, caught_up_p95_ms: 19 });
});

test.each([
  ['was not cut', listener([1, 2, 3, 4, 5, 6], [10, 20, 1_100, 1_101, 1_150, 1_200], 0), '1 were not cut, 0 not back'],
  ['never came back', listener([1, 2], [10, 20]), '0 were not cut, 1 not back'],
  ['had the event before the network was back', listener([1, 2, 3, 4], [10, 20, 30, 40]), '0 were not cut, 1 not back'],
])('a client that %s makes the turn no measurement', (_, odd, says) => {
  const whole = listener([1, 2, 5, 6], [10, 20, 1_600, 1_650]);
  expect(() => recoveryFigures([whole, odd], cut)).toThrow(says);
});
