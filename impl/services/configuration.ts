/** Reading a service's configuration from the environment: validated once, at the edge, with every fault named. */
import { z } from 'zod';
import { type ReleaseName, releases } from '../releases.ts';

/** The environment does not configure the service; the message lists every variable at fault, and no value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'ERR_CONFIGURATION';
}

const releaseNames = Object.keys(releases) as [ReleaseName, ...ReleaseName[]];

/** A variable that must be a whole number within bounds. */
export function wholeNumber(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `expected a number from ${minimum} to ${maximum}`);
}

function urlOf(protocols: readonly string[]) {
  const expected = `expected a URL like ${protocols[0]}//127.0.0.1:1234`;
  return z
    .string(`${expected}, it is not set`)
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), expected);
}

/** The variables all services share. */
export const sharedVariables = {
  TARS_RELEASE: z.enum(releaseNames, `expected one of ${releaseNames.join(', ')}`),
  TARS_POSTGRES_URL: urlOf(['postgres:', 'postgresql:']),
  TARS_REDIS_URL: urlOf(['redis:', 'rediss:']),
  TARS_HOST: z.string().default('127.0.0.1'),
  TARS_LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'expected trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
};

/**
 * Reads the variables of `shape` from `environment`; an empty variable counts as not set.
 * @throws ConfigurationError naming every variable at fault and what was expected, never what it held
 */
export function readConfiguration<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: NodeJS.ProcessEnv,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name}: ${given[name] === undefined ? `not set; ${issue.message}` : issue.message}`;
  });
  throw new ConfigurationError(`the environment does not configure the service. ${faults.join(' · ')}`);
}
