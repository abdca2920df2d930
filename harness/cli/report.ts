/** `npm run report`: writes the reports of a saved run again from what was recorded. */
import { oneLine } from '../reporters/printable.ts';
import { findRunFolder } from '../run-folder/load.ts';
import { EXIT } from '../schema/verdict.ts';
import { finishFolder } from './finish.ts';
import { tell } from './tell.ts';

export async function report(given: string, options: { readonly output: string }): Promise<number> {
  const folder = findRunFolder(given, options.output);
  const say = (line: string) => process.stderr.write(`${oneLine(line)}\n`);
  tell(await finishFolder(folder, say), folder, false);
  return EXIT.pass;
}
