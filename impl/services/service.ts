/** A service as a process: configured by the environment, finishing at the first SIGTERM or SIGINT, ending at the second. */
import { constants } from 'node:os';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { ConfigurationError, readConfiguration, type sharedVariables } from './configuration.ts';
import { createLogger } from './logger.ts';

/** From the first signal to the end of the process, whatever happens. */
export const finish_ms_max = 9_500;

/**
 * Runs the process's one service. `start` resolves, once the service serves, to the function that lets it finish.
 * Exit codes: 0 finished · 1 could not start, could not finish in `finish_ms_max`, or an error nobody caught ·
 * 128 + n ended by a second signal.
 */
export async function runService<Shape extends typeof sharedVariables>(
  name: string,
  variables: Shape,
  start: (configuration: z.output<z.ZodObject<Shape>>, logger: Logger) => Promise<() => Promise<void>>,
): Promise<void> {
  let logger = createLogger(name, process.env.TARS_RELEASE ?? '', 'info');
  const fail = (err: unknown, message: string) => {
    if (err instanceof ConfigurationError) logger.fatal({ code: err.code }, `${message}: ${err.message}`);
    else if (isPortTaken(err)) logger.fatal({ code: err.code }, `${message}: ${tellPortTaken(err)}`);
    else logger.fatal({ err }, message);
    process.exit(1);
  };
  process.on('uncaughtException', (err) => fail(err, 'an error that nobody caught'));
  process.on('unhandledRejection', (err) => fail(err, 'a rejection that nobody caught'));
  try {
    const configuration = readConfiguration(variables, process.env);
    const { TARS_RELEASE, TARS_LOG_LEVEL } = configuration as z.output<z.ZodObject<typeof sharedVariables>>;
    logger = createLogger(name, TARS_RELEASE, TARS_LOG_LEVEL);
    const starting = start(configuration, logger);
    // From the beginning: a signal may follow the line that says it serves without delay.
    finishOnSignal(logger, async () => (await starting)());
    await starting;
  } catch (err) {
    fail(err, `${name} cannot start`);
  }
}

interface PortTaken {
  readonly code: 'EADDRINUSE';
  readonly address: string;
  readonly port: number;
}

function isPortTaken(error: unknown): error is PortTaken {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

function tellPortTaken({ address, port }: PortTaken): string {
  return `something else listens on ${address}:${port}. End it, or set another port in the environment (0: any that is free)`;
}

function finishOnSignal(logger: Logger, finish: () => Promise<void>): void {
  let finishing = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      if (finishing) process.exit(128 + constants.signals[signal]);
      finishing = true;
      logger.info({ signal }, 'finishing');
      setTimeout(() => {
        logger.error(`not finished after ${finish_ms_max} ms; ending regardless`);
        process.exit(1);
      }, finish_ms_max).unref();
      try {
        await finish();
        logger.info('finished');
        process.exit(0);
      } catch (err) {
        logger.error({ err }, 'could not finish');
        process.exit(1);
      }
    });
  }
}
