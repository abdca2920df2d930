/** The session's access token, renewed long before it ends. */
import { useCallback, useEffect, useEffectEvent, useRef } from 'react';
import { ApiError, renew } from './api.ts';
import { keepSession, type Session } from './session.ts';

/** A third of a token's life: two renewals may fail before it ends. */
const RENEW_MS = 5 * 60_000;

/**
 * @param onRefused the server takes the token no longer: it ran out, as in a long sleep, or the session has
 * @returns a function that gives the newest token
 */
export function useToken(session: Session, onRefused: () => void): () => string {
  const token = useRef(session.token);
  const refused = useEffectEvent(onRefused);
  const { username } = session;

  useEffect(() => {
    const leaving = new AbortController();
    const renewal = async () => {
      try {
        token.current = await renew(token.current, leaving.signal);
        keepSession({ username, token: token.current });
      } catch (error) {
        if (leaving.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) refused();
        // Else the next renewal tries again.
      }
    };
    const timer = setInterval(() => void renewal(), RENEW_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, [username]);
  return useCallback(() => token.current, []);
}
