/**
 * Keeps a login alive in browsers and apps: attaches access tokens, refreshes once for all
 * requests and tabs, and tells the end of a login from an answer that was lost.
 *
 * @module
 */
export { type Tokens, SessionError } from "./answer.js";
export type { UntrustedClaims } from "./claims.js";
export type { Clock } from "./clock.js";
export type { Backend, Call, Login, ServerOptions } from "./server.js";
export { type Options, type Session, type State, type TokenOptions, type WhyOut, UNKNOWN, createSession } from "./session.js";
export type { Channel, KeyValue, Locks, Message, Tabs, Wake } from "./tabs.js";
