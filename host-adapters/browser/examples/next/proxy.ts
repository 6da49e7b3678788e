import { sessionProxy } from "@glowband/client/next";

export const proxy = sessionProxy({
  url: process.env.GLOWBAND_URL ?? "http://127.0.0.1:8080",
  origin: process.env.APP_ORIGIN ?? "https://app.example",
});

// Next hides from the proxy that a request is a prefetch, which must not refresh: it is left out here.
export const config = {
  matcher: [{ source: "/((?!_next/|auth/).*)", missing: [{ type: "header", key: "next-router-prefetch" }] }],
};
