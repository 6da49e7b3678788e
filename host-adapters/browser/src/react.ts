"use client";

import { type ReactElement, type ReactNode, createContext, createElement, useContext, useSyncExternalStore } from "react";
import { type Session, type State, type UntrustedClaims, UNKNOWN } from "./index.js";

const Context = createContext<Session | null>(null);

/** Hands one session to all components below. */
export const SessionProvider = ({ session, children }: { session: Session; children?: ReactNode }): ReactElement =>
  createElement(Context.Provider, { value: session }, children);

/** What a component gets: the state, what the tokens say (not verified), and the session itself. */
export interface SessionView {
  readonly state: State;
  readonly claims: UntrustedClaims | null;
  readonly session: Session;
}

/**
 * Returns the session and renders again when its state changes. While a server renders, and until the
 * page is hydrated, the state is `unknown`: what only the browser knows would not match.
 */
export const useSession = (): SessionView => {
  const session = useContext(Context);
  if (!session) throw new Error("useSession needs a SessionProvider above it");
  const state = useSyncExternalStore(session.subscribe, () => session.state, () => UNKNOWN);
  return { state, claims: state.status === "in" ? session.claims : null, session };
};
