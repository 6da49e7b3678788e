import type { Options, Session } from "./session.js";

/**
 * Returns a `fetch` that attaches the access token where it belongs. A refused token is refreshed
 * and the request sent once more, if its body can be sent again. The caller's own `Authorization` stays.
 */
export const attaching =
  (token: Session["token"], covers: Session["covers"], options: Options): typeof globalThis.fetch =>
  async (input, init) => {
    const send = options.fetch ?? fetch;
    const request = input instanceof Request ? input : undefined;
    const headers = new Headers(init?.headers ?? request?.headers);
    if (headers.has("Authorization") || !covers(request?.url ?? (input as string))) return send(input, init);

    const signal = init?.signal ?? request?.signal;
    const attach = (target: typeof input, access: string | null) => {
      if (access) headers.set("Authorization", "Bearer " + access);
      return send(target, { ...init, headers });
    };
    const access = await token({ signal });
    // A stream can be read once: that of a `Request` is split, that of the caller is sent once.
    const spare = request?.clone() ?? input;
    const response = await attach(input, access);
    const refused = options.unauthorized ? await options.unauthorized(response.clone()) : response.status === 401;
    if (!access || !refused || (init?.body as any)?.getReader) return response;

    // In doubt, the refusal is all that is known.
    const next = await token({ rejected: access, signal }).catch((error) => {
      if (signal?.aborted) throw error;
    });
    if (!next) return response;
    response.body?.cancel();
    return attach(spare, next);
  };
