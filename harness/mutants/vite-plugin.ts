/** The same change in the workers that run the checks, where Vite loads the modules. */
import type { Plugin } from 'vitest/config';
import { applyChange, type Change } from './change.ts';

/** Before every other plugin, so that the text is still as it stands in the file. */
export function changePlugin(change: Change): Plugin {
  return {
    name: 'harness-mutant',
    enforce: 'pre',
    transform: (code, id) => (id.split('?', 1)[0] === change.file ? applyChange(code, change) : undefined),
  };
}
