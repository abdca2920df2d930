/** Why a migration did not go on. Started again, it goes on from what stands. */

export type MigratorErrorCode =
  /** Another migrator is at work. */
  | 'MIGRATOR_BUSY'
  /** What is to be indexed is not there. */
  | 'MIGRATOR_NO_TABLE'
  /** Something else has the name of one of our indexes. */
  | 'MIGRATOR_NAME_TAKEN'
  /** Other sessions held what a statement needs, at every attempt. */
  | 'MIGRATOR_BLOCKED'
  /** The server's disk, or a limit of what a session may write there, is full. */
  | 'MIGRATOR_NO_SPACE'
  /** Somebody else cancelled the statement under way. */
  | 'MIGRATOR_CANCELLED'
  /** PostgreSQL was not reached, or the connection broke. */
  | 'MIGRATOR_NO_CONNECTION'
  /** PostgreSQL refused a statement for any other reason. */
  | 'MIGRATOR_REFUSED'
  /** PostgreSQL said that it is built, and it is not what was asked for. */
  | 'MIGRATOR_NOT_AS_ASKED'
  | 'MIGRATOR_INTERRUPTED';

export class MigratorError extends Error {
  override readonly name = 'MigratorError';
  readonly code: MigratorErrorCode;

  constructor(code: MigratorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
