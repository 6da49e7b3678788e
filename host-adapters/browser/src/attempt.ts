import type { Tabs } from "./tabs.js";

/** Returns 122 random bits as text. Missing on pages without TLS, which have no login cookie either. */
export const randomId = (): string => crypto.randomUUID();

/**
 * Reads a note, after writing it if a value is given. The two notes are no secrets:
 *
 * - `attempt` names the refresh that is under way or comes next. Tries of one refresh, by any tab and
 *   after a reload, have the same name, so that the server can tell a repetition from a theft.
 * - `login` is when the login changed last, a space, and its session, or nothing after its end.
 */
export type Note = (key: "attempt" | "login", value?: string) => string | null | undefined;

/** Returns notes that all tabs share. Where storage is forbidden or full, each tab has its own. */
export const openNotes = (name: string, tabs: Tabs): Note => {
  const own: Record<string, string | undefined> = {};
  return (key, value) => {
    own[key] = value ?? own[key];
    try {
      if (value) tabs.storage!.setItem(name + key, value);
      return tabs.storage!.getItem(name + key);
    } catch {
      return own[key];
    }
  };
};
