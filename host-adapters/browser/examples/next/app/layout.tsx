import type { ReactNode } from "react";
import { WithSession } from "./session";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <WithSession>{children}</WithSession>
      </body>
    </html>
  );
}
