import { headers } from "next/headers";
import { serverToken } from "@glowband/client/next";
import { Account } from "./session";

export default async function Page() {
  const token = serverToken(await headers());
  // No token means that the login is not known here, not that there is none: no redirect.
  const user = token && (await me(token));
  return (
    <main>
      <h1>{user ? `Hello ${user.email}` : "Hello"}</h1>
      <Account />
    </main>
  );
}

const me = async (token: string): Promise<{ email: string } | null> => {
  const url = process.env.GLOWBAND_URL ?? "http://127.0.0.1:8080";
  const response = await fetch(url + "/auth/me", { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  return response.ok ? response.json() : null;
};
