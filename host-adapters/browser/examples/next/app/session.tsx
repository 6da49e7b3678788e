"use client";

import type { ReactNode } from "react";
import { createSession } from "@glowband/client";
import { SessionProvider, useSession } from "@glowband/client/react";

const session = createSession({ onOut: (why) => why === "ended" && location.assign("/login") });

export const WithSession = ({ children }: { children: ReactNode }) => <SessionProvider session={session}>{children}</SessionProvider>;

export const Account = () => {
  const { state, claims, session } = useSession();
  if (state.status !== "in") return <p>{state.status === "out" ? <a href="/login">Log in</a> : "…"}</p>;
  return <button onClick={() => session.logout()}>Log out {claims?.email}</button>;
};
