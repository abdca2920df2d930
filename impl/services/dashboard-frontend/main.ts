/** `npm run build:page -- RELEASE FOLDER`: builds the page for `TARS_PAGE_FOLDER` of dashboard-api. */
import { resolve } from 'node:path';
import { releases } from '../../releases.ts';
import { buildPage } from './build-page.ts';

const names = Object.keys(releases);
const [name, folder, ...more] = process.argv.slice(2);
const release = Object.keys(releases).find((one): one is keyof typeof releases => one === name);

if (release === undefined || folder === undefined || more.length > 0) {
  process.stderr.write(`expected a release (${names.join(', ')}) and a folder, which is emptied: v1.0.1 dist\n`);
  process.exitCode = name === '--help' ? 0 : 254;
} else {
  process.env.NODE_ENV = 'production';
  await buildPage(release, resolve(folder));
  process.stdout.write(`page of ${release} built; set TARS_PAGE_FOLDER=${resolve(folder)} for dashboard-api\n`);
}
