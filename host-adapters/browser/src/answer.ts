/** The tokens of a login, as RFC 6749 section 5.1 names them. */
export interface Tokens {
  readonly access_token: string;
  /** Seconds until the access token expires, counted from the sending of the request. */
  readonly expires_in: number;
  /** Names the login. It is no secret. For a backend without such a name: the user's identifier. */
  readonly session_id: string;
  /** Read only for the claims that the interface shows. */
  readonly id_token?: string | undefined;
  /** Only between a native app and its server; the session does not keep it. */
  readonly refresh_token?: string | undefined;
}

/** Says that a request of the session did not succeed, and why. */
export class SessionError extends Error {
  constructor(
    /** The reason for programs: the server's `name` or OAuth `error`, else `malformed` or `timeout`. */
    readonly code: string,
    /** The HTTP status; 0 without an answer. */
    readonly status = 0,
    /** Milliseconds to wait before the next try; 0 if the server did not say. */
    readonly retryAfter = 0,
  ) {
    super(code);
  }
}

/**
 * Returns whether an error says that the login has ended. Nothing else does: after 5xx, 429, a lost
 * answer or a captive portal it is open what became of the login.
 */
export const isVerdict = ({ status, code }: SessionError): boolean => status === 401 && code === "invalid_grant";

/** Reads an answer of the login server. Throws if its status is not 2xx; what is not JSON is `undefined`. */
export const read = async (response: Response): Promise<any> => {
  // HTML of a proxy or a captive portal, half an answer, or none (204).
  const json = await response.json().catch(() => {});
  if (response.ok) return json;
  throw new SessionError(
    json?.name ?? json?.error ?? "malformed",
    response.status,
    // A date, which is also allowed, counts as not said.
    (response.headers.get("Retry-After") as any) * 1e3 || 0,
  );
};

/** Returns the tokens if they are complete. Throws otherwise, without a status: the answer may have been cut. */
export const checked = (tokens: Partial<Tokens> | undefined): Tokens => {
  if (tokens?.access_token && tokens.expires_in) return tokens as Tokens;
  throw new SessionError("malformed");
};
