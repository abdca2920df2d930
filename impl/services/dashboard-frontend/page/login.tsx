/** User name and password in, session out. */
import { useActionState } from 'react';
import { ApiError, logIn } from './api.ts';
import type { Session } from './session.ts';

interface LoginProps {
  /** Why the last session ended, if there was one. */
  readonly notice: string | undefined;
  readonly onLogin: (session: Session) => void;
}

export function Login({ notice, onLogin }: LoginProps) {
  const [failure, submit, isPending] = useActionState(async (_before: string | undefined, form: FormData) => {
    const username = String(form.get('username'));
    try {
      onLogin({ username, token: await logIn(username, String(form.get('password'))) });
      return undefined;
    } catch (error) {
      return error instanceof ApiError ? error.message : 'The server cannot be reached. Try again.';
    }
  }, undefined);

  return (
    <main className="login">
      <h1>T.A.R.S. dashboard</h1>
      <form action={submit}>
        {notice && <p className="notice">{notice}</p>}
        <label>
          User name
          <input name="username" autoComplete="username" required maxLength={128} />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required maxLength={1024} />
        </label>
        <button type="submit" disabled={isPending}>
          {isPending ? 'Logging in…' : 'Log in'}
        </button>
        <p role="alert" className="failure">
          {failure}
        </p>
      </form>
    </main>
  );
}
