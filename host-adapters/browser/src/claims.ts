import type { Tokens } from "./answer.js";

/**
 * Claims that were decoded and **not verified**. Use them to show a name or to hide a button. Never
 * let them decide what a user may do: only the server that verifies the token can.
 */
export interface UntrustedClaims {
  readonly sub?: string;
  readonly name?: string;
  readonly email?: string;
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly scope?: string;
  /** When the token expires, in seconds since 1970. */
  readonly exp?: number;
  readonly [claim: string]: unknown;
}

/**
 * Returns the claims of the ID token, which is made for clients. Without an ID token it returns those of the access token.
 * Opaque tokens have no claims.
 */
export const claimsOf = ({ access_token, id_token = access_token }: Tokens): UntrustedClaims => {
  try {
    const base64 = id_token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    // `escape` turns the bytes of `atob` into what reads them as UTF-8.
    return JSON.parse(decodeURIComponent(escape(atob(base64))));
  } catch {
    return {};
  }
};
