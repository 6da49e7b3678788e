import type { Session } from "./index.js";

/** The part of an axios instance that is used. Its configurations are axios's own and not described twice. */
export interface AxiosLike {
  (config: any): Promise<any>;
  getUri(config?: any): string;
  readonly interceptors: { readonly request: Interceptors; readonly response: Interceptors };
}

export interface Interceptors {
  use(done: (value: any) => any, failed?: (error: any) => any): number;
  eject(id: number): void;
}

const streams = (data: any) => !!data && (typeof data.pipe === "function" || typeof data.getReader === "function");

/**
 * Gives an axios instance the session's tokens. All instances share its one refresh, which does not
 * go through axios. Returns a function that takes the interceptors away.
 */
export function attach(instance: AxiosLike, session: Session): () => void {
  const before = instance.interceptors.request.use(async (config) => {
    // A header of the caller stays, and so does that of a second try.
    if (!config.headers.has("Authorization") && session.covers(instance.getUri(config))) {
      const access = (config.glowband = await session.token({ signal: config.signal }));
      if (access) config.headers.set("Authorization", "Bearer " + access);
    }
    return config;
  });

  /** Sends once more what was refused with a token of ours. Returns `undefined` where that would not help. */
  const again = async (config: any, status?: number) => {
    const rejected = config?.glowband;
    if (status !== 401 || !rejected || streams(config.data)) return;
    const access = await session.token({ rejected, signal: config.signal }).catch(() => null);
    if (!access) return;
    delete config.glowband;
    config.headers.set("Authorization", "Bearer " + access);
    return instance(config);
  };

  const after = instance.interceptors.response.use(
    // `validateStatus` may call a 401 a success.
    async (response) => (await again(response.config, response.status)) ?? response,
    async (error) => {
      const response = await again(error.config, error.response?.status);
      if (response) return response;
      throw error;
    },
  );

  return () => {
    instance.interceptors.request.eject(before);
    instance.interceptors.response.eject(after);
  };
}
