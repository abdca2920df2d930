import { afterEach, expect, test, vi } from 'vitest';
import { wantsColor } from './tell.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.for([
  [undefined, undefined, true, true],
  [undefined, undefined, false, false],
  ['', '', true, true],
  ['1', '1', true, false],
  [undefined, '1', false, true],
  [undefined, '0', true, false],
  [undefined, 'false', true, false],
] as const)('NO_COLOR=%s FORCE_COLOR=%s on a terminal: %s gives colour: %s', ([no, force, isTTY, colored]) => {
  vi.stubEnv('NO_COLOR', no);
  vi.stubEnv('FORCE_COLOR', force);
  expect(wantsColor({ isTTY } as NodeJS.WriteStream)).toBe(colored);
});
