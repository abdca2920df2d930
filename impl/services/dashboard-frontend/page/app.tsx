/** The login, or the dashboard of whoever has logged in. */
import { useState } from 'react';
import { Dashboard } from './dashboard.tsx';
import { Login } from './login.tsx';
import { endSession, keepSession, keptSession, type Session } from './session.ts';

export function App() {
  const [session, setSession] = useState(keptSession);
  const [notice, setNotice] = useState<string>();

  if (session === undefined) {
    const begin = (begun: Session) => {
      keepSession(begun);
      setSession(begun);
    };
    return <Login notice={notice} onLogin={begin} />;
  }
  const end = (why?: string) => {
    endSession();
    setSession(undefined);
    setNotice(why);
  };
  // Between two sessions there is the login: each has a dashboard, and a connection, of its own (centrifuge-dart#126).
  return <Dashboard session={session} onEnd={end} />;
}
