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
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RunFolderError(
      'no-space',
      `cannot write ${path} (${message}): free some space, or choose another folder with --output DIR`,
      { cause },
    );
  }
  return new RunFolderError(
    'unwritable',
    `cannot write ${path} (${message}): make it writable, or choose another folder with --output DIR`,
    { cause },
  );
}
