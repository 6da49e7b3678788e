import type { NextConfig } from "next";

// The login server is on the origin of the pages: its cookie is bound to the host.
export default {
  rewrites: async () => [{ source: "/auth/:path*", destination: `${process.env.GLOWBAND_URL ?? "http://127.0.0.1:8080"}/auth/:path*` }],
} satisfies NextConfig;
