import { isVerdict } from "./answer.js";
import { type Call, type Options, type Session, type Tokens, type Wake, createSession } from "./index.js";
import { glowband } from "./server.js";

/** What an app keeps between its starts. */
export interface Saved {
  readonly refresh: string;
  /** The name of the refresh that is under way, if one is. */
  readonly attempt?: string;
}

/** Keeps the refresh token where the operating system keeps secrets. A promise that rejects leaves the login as it is. */
export interface Store {
  /** Returns what was saved last; `null` if there is nothing, or nothing that can ever be read again. */
  load(): Promise<Saved | null>;
  save(saved: Saved | null): Promise<void>;
}

export interface NativeOptions extends Omit<Options, "refresh" | "login" | "logout" | "tabs" | "url"> {
  readonly url: string;
  readonly store: Store;
}

/** Opens the session of a native app: the refresh token is in its store, not in a cookie. */
export function nativeSession(options: NativeOptions): Session {
  const { store } = options;
  /** What the store failed to take. */
  let unsaved: Saved | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** Reads and writes follow each other: a refresh that is late must not save after a logout. */
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  const load = () => inOrder(async () => unsaved ?? store.load());
  const save = (saved: Saved | null) =>
    inOrder(async () => {
      await store.save(saved);
      unsaved = undefined;
    });

  /** The login server, to which the refresh token goes in the body. */
  const server = (refresh_token?: string) =>
    glowband({
      ...options,
      fetch: (to, init: any) =>
        (options.fetch ?? fetch)(to, {
          ...init,
          headers: { ...init.headers, "Glowband-Client": "native" },
          body: JSON.stringify({ ...JSON.parse(init.body), refresh_token }),
          credentials: "omit",
        }),
    });

  /** Saves the refresh token before the access token is used: the server does not take the old one any more. */
  const keep = async (tokens: Tokens, { signal }: Call): Promise<Tokens> => {
    await inOrder(async () => {
      if (signal.aborted) return;
      unsaved = { refresh: tokens.refresh_token! };
      // The next refresh tries again. Until then the saved attempt protects the login.
      await store.save(unsaved).then(() => (unsaved = undefined), () => {});
    });
    // Only the store has it.
    return { ...tokens, refresh_token: undefined };
  };

  const refresh = async (call: Call): Promise<Tokens | null> => {
    const saved = await load();
    if (!saved) return null;
    const { refresh: token, attempt = call.attempt } = saved;
    if (!saved.attempt) await save({ refresh: token, attempt });
    try {
      return await keep((await server(token).refresh({ ...call, attempt })) as Tokens, call);
    } catch (error) {
      if (!isVerdict(error as any)) throw error;
      // It says nothing of a newer token, from another process of the app.
      if ((await load())?.refresh !== token) return refresh(call);
      await save(null);
      return null;
    }
  };

  return createSession({
    ...options,
    tabs: {},
    refresh,
    login: async (route, form, call) => keep(await server().login(route, form, call), call),
    async logout(route, call, access) {
      const saved = await load();
      // First here: an app that is killed now must not be logged in at its next start.
      if (!access) await save(null);
      if (access || saved) await server(access ? undefined : saved!.refresh).logout(route, call, access);
      await save(null);
    },
  });
}

/** The part of React Native's `AppState` that is used. */
export interface AppStateLike {
  readonly currentState: string;
  addEventListener(event: "change", listener: (state: any) => void): { remove(): void };
}

/** Returns options that let the session rest while the app is in the background. */
export const appState = (state: AppStateLike): { hidden: () => boolean; wake: Wake } => ({
  hidden: () => state.currentState !== "active",
  wake(look, signal) {
    const subscription = state.addEventListener("change", look);
    signal.addEventListener("abort", () => subscription.remove());
  },
});

export interface FirstRun {
  /**
   * Returns whether this is the first start after an installation. What the keychain still has of an
   * earlier one is then wiped: iOS keeps it. Must return `false` once it has been asked.
   */
  readonly firstRun?: () => boolean | Promise<boolean>;
}

const storeOf = (
  read: () => Promise<string | null | undefined | false>,
  write: (text: string) => Promise<unknown>,
  wipe: () => Promise<unknown>,
  firstRun: FirstRun["firstRun"],
): Store => {
  let prepared: boolean | undefined;
  const prepare = async () => {
    if (!prepared && (await firstRun?.())) await wipe();
    prepared = true;
  };
  return {
    async load() {
      await prepare();
      const text = await read();
      try {
        return JSON.parse(text || "null");
      } catch {
        // It was encrypted with a key that is gone.
        return null;
      }
    },
    async save(saved) {
      await prepare();
      await (saved ? write(JSON.stringify(saved)) : wipe());
    },
  };
};

/** The part of `expo-secure-store` that is used. */
export interface SecureStoreLike {
  readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: any;
  getItemAsync(key: string, options?: any): Promise<string | null>;
  setItemAsync(key: string, value: string, options?: any): Promise<void>;
  deleteItemAsync(key: string, options?: any): Promise<void>;
}

/** Returns a store in `expo-secure-store`, on this device alone. */
export const secureStore = (
  module: SecureStoreLike,
  { key = "glowband", firstRun }: FirstRun & { readonly key?: string } = {},
): Store => {
  const options = { keychainAccessible: module.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY };
  return storeOf(
    () => module.getItemAsync(key, options),
    (text) => module.setItemAsync(key, text, options),
    () => module.deleteItemAsync(key, options),
    firstRun,
  );
};

/** The part of `react-native-keychain` that is used. */
export interface KeychainLike {
  readonly ACCESSIBLE: { readonly AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: any };
  getGenericPassword(options?: any): Promise<false | { password: string }>;
  setGenericPassword(username: string, password: string, options?: any): Promise<unknown>;
  resetGenericPassword(options?: any): Promise<unknown>;
}

/** Returns a store in `react-native-keychain`, on this device alone. */
export const keychain = (
  module: KeychainLike,
  { service = "glowband", firstRun }: FirstRun & { readonly service?: string } = {},
): Store => {
  const options = { service, accessible: module.ACCESSIBLE.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY };
  return storeOf(
    async () => {
      const found = await module.getGenericPassword(options);
      return found && found.password;
    },
    (text) => module.setGenericPassword(service, text, options),
    () => module.resetGenericPassword(options),
    firstRun,
  );
};
