import type { Tokens } from "./answer.js";
import type { After } from "./clock.js";
import type { WhyOut } from "./session.js";

/** The part of `LockManager` that is used. */
export interface Locks {
  request(name: string, options: { signal: AbortSignal }, work: () => Promise<unknown>): Promise<unknown>;
}

/** The part of `BroadcastChannel` that is used. */
export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: Message): void;
  close(): void;
}

/** The part of `Storage` that is used. */
export type KeyValue = Pick<Storage, "getItem" | "setItem">;

/** What the tabs of one browser share. Each part may be missing. */
export interface Tabs {
  readonly locks?: Locks | undefined;
  readonly channel?: ((name: string) => Channel) | undefined;
  readonly storage?: KeyValue | undefined;
}

/** What tabs tell each other. Messages of another version are ignored, and none is passed on. */
export interface Message {
  readonly v: 1;
  /** Asks for a fresh token. */
  readonly ask?: 1;
  /** Hands out tokens; `at` is the wall clock, which all tabs share, at the sending of their request. */
  readonly tokens?: Tokens;
  readonly at?: number;
  /** Says which session has ended, why, and, as `at`, when. */
  readonly out?: string;
  readonly why?: WhyOut;
}

/** Returns what this browser offers; nothing outside of one. */
export const browserTabs = (): Tabs =>
  globalThis.document
    ? {
        locks: navigator.locks as Locks,
        channel: globalThis.BroadcastChannel && ((name) => new BroadcastChannel(name)),
        // A sandboxed page may not even name it: reading this may throw.
        get storage() {
          return localStorage;
        },
      }
    : {};

/**
 * Returns a function that runs work while no other tab runs its own. The lock saves requests and
 * guarantees nothing: a frozen tab may hold it for ever, so work that has waited `patience`
 * milliseconds goes on without. The server resolves what then runs at the same time.
 */
export const exclusively =
  (name: string, locks: Locks | undefined, after: After, patience: number) =>
  <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const run = () => work().then(resolve, reject);
      if (!locks) return void run();
      const giveUp = new AbortController();
      after(patience, () => giveUp.abort());
      locks.request(name, giveUp, run).catch(run);
    });

/** Calls back when it is time to look at the login again, until the signal aborts. */
export type Wake = (look: () => void, signal: AbortSignal) => void;

/** Looks when the page is shown again, comes back from the history, or gets its network back. */
export const pageWake: Wake = (look, signal) => {
  for (const event of ["visibilitychange", "pageshow", "online"])
    globalThis.addEventListener?.(event, look, { signal });
};

export const pageHidden = (): boolean => globalThis.document?.hidden;
