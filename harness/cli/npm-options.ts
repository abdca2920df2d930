import { UsageError } from './usage-error.ts';

/** Options that npm has a use of its own for: seeing one of these says nothing. */
const NPM_OWN = ['json', 'help'];

/**
 * `npm run gate --profile nightly`, without the two dashes, gives the option to npm, which drops it.
 * @param options the command's own, as commander holds them
 * @throws UsageError when npm has taken one
 */
export function refuseOptionsNpmTook(
  options: readonly { readonly long?: string | null; attributeName(): string }[],
  env: NodeJS.ProcessEnv,
): void {
  const taken = options.find((option) => {
    const name = option.attributeName();
    return !NPM_OWN.includes(name) && env[`npm_config_${name}`] !== undefined;
  });
  if (taken !== undefined) {
    throw new UsageError(
      `npm took ${taken.long} for itself: put two dashes before the options: npm run … -- ${taken.long} …`,
    );
  }
}
