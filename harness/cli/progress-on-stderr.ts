import { createProgress, type Progress } from '../reporters/progress.ts';
import { wantsColor } from './tell.ts';

/** Progress goes to stderr, as the terminal there can show it. */
export function progressOnStderr(): Progress {
  const { stderr } = process;
  return createProgress({
    stream: stderr,
    isTTY: stderr.isTTY === true,
    color: wantsColor(stderr),
    width: () => stderr.columns || 100,
  });
}
