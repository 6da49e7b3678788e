// A backend that is not Glowband: OAuth-like routes, the refresh token in a cookie of theirs.
import { type Session, type Tokens, SessionError, createSession } from "@glowband/client";

const post = async (path: string, signal: AbortSignal, body?: object): Promise<Tokens | null> => {
  // `keepalive`: the new cookie must arrive even when the page is left meanwhile.
  const response = await fetch(path, {
    method: "POST",
    credentials: "include",
    keepalive: true,
    signal,
    headers: { "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return null;
  const answer = await response.json();
  // RFC 6749 section 5.2: only this says that the login has ended.
  if (response.status === 400 && answer.error === "invalid_grant") return null;
  if (!response.ok) throw new SessionError(answer.error ?? "http", response.status);
  return { access_token: answer.access_token, expires_in: answer.expires_in, session_id: answer.user_id };
};

export const session: Session = createSession({
  api: ["https://api.example"],
  refresh: ({ signal }) => post("/oauth/refresh", signal),
  logout: (_route, { signal }) => post("/oauth/logout", signal),
});

export const login = (username: string, password: string) =>
  session.login(async ({ signal }) => {
    const tokens = await post("/oauth/login", signal, { username, password });
    if (!tokens) throw new SessionError("invalid_grant", 400);
    return tokens;
  });
