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
  // Another session is another connection, whose token must not be the old one's (centrifuge-dart#126).
  return <Dashboard key={session.token} session={session} onEnd={end} />;
}
