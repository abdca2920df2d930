/** Why a run folder could not be used. */
export class RunFolderError extends Error {
  readonly code: 'not-found' | 'unreadable' | 'unwritable' | 'no-space';

  constructor(code: RunFolderError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RunFolderError';
    this.code = code;
  }
}

/** What to say when `path`, in a folder of reports, cannot be written. */
export function unwritable(path: string, cause: unknown): RunFolderError {
  const why = (cause as Error).message;
  return new RunFolderError(
    'unwritable',
    `cannot write ${path} (${why}): make it writable, or choose another folder with --output DIR`,
    {
      cause,
    },
  );
}
