/** Lessons about React: StrictMode, hydration, renders. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Window } from "happy-dom";
import { type ReactNode, StrictMode, Suspense, act, use, useEffect } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { renderToReadableStream } from "react-dom/server.edge";
import { SessionProvider, useSession } from "../src/react.js";
import { Browser, type Tab, loggedIn } from "./world.js";

const page = new Window({ url: "https://app.example/" });
Object.assign(globalThis, { window: page, document: page.document, IS_REACT_ACT_ENVIRONMENT: true });
after(() => page.happyDOM.close());

let renders = 0;
const Name = () => {
  const { state, claims, session } = useSession();
  renders++;
  useEffect(() => {
    // What an effect of an app does.
    void session.token().catch(() => {});
  }, [session]);
  return <p>{state.status === "in" ? `${claims?.name} ${state.session}` : state.status}</p>;
};

const shown = async (tab: Tab, children: ReactNode = <Name />) => {
  const element = page.document.createElement("div");
  const root = createRoot(element as never);
  await act(async () => root.render(<StrictMode><SessionProvider session={tab.session}>{children}</SessionProvider></StrictMode>));
  return { element, root };
};

test("row 24: StrictMode, which does all effects twice, causes one refresh", async () => {
  // Without a lock, which would hide it.
  const { browser, tab, time } = await loggedIn({}, { locks: false });
  const again = tab.reload();
  const { element, root } = await shown(again, [<Name key="1" />, <Name key="2" />, <Name key="3" />]);
  assert.equal(element.textContent, "unknownunknownunknown");
  await act(() => time.pass(1_000));
  assert.equal(element.textContent, "Zoë s1".repeat(3));
  assert.equal(browser.refreshes, 1);
  await act(async () => root.unmount());
});

test("a refresh renders nothing again; a logout does", async () => {
  const { tab, time } = await loggedIn();
  const { element, root } = await shown(tab);
  renders = 0;
  await act(async () => {
    await time.pass(700_000);
    await time.until(tab.who());
  });
  assert.equal(renders, 0);
  await act(() => time.until(tab.session.logout()));
  assert.equal(element.textContent, "out");
  await act(async () => root.unmount());
});

test("row 25: what the server renders is unknown, and hydration finds the same", async () => {
  const { tab, time } = await loggedIn();
  const app = <SessionProvider session={tab.session}><Name /></SessionProvider>;
  // Even where the session of the server's process knew somebody.
  assert.equal(renderToString(app), "<p>unknown</p>");
  const element = page.document.createElement("div");
  element.innerHTML = renderToString(app);
  const errors: unknown[] = [];
  let root: ReturnType<typeof hydrateRoot>;
  await act(async () => (root = hydrateRoot(element as never, app, { onRecoverableError: (error) => errors.push(error) })));
  await act(() => time.pass(100));
  assert.deepEqual([errors, element.textContent], [[], "Zoë s1"]);
  await act(async () => root.unmount());
});

test("row 25: a Suspense boundary that is hydrated late, when the state is known, fits as well", async () => {
  const { tab, time } = await loggedIn();
  const Late = ({ until }: { until: Promise<unknown> }) => {
    use(until);
    return <Name />;
  };
  const app = (until: Promise<unknown>) => (
    <SessionProvider session={tab.session}>
      <Suspense fallback={<i>waits</i>}><Late until={until} /></Suspense>
    </SessionProvider>
  );
  const stream = await renderToReadableStream(app(Promise.resolve()));
  await stream.allReady;
  const html = await new Response(stream).text();
  assert.match(html, /<p>unknown<\/p>/);
  const element = page.document.createElement("div");
  element.innerHTML = html.replace(/<script[\s\S]*?<\/script>/g, "");
  const errors: unknown[] = [];
  let ready = (_: unknown) => {};
  const late = new Promise((done) => (ready = done));
  let root: ReturnType<typeof hydrateRoot>;
  await act(async () => (root = hydrateRoot(element as never, app(late), { onRecoverableError: (error) => errors.push(error) })));
  await time.until(tab.session.token());
  await act(async () => {
    ready(0);
    await time.pass(100);
  });
  assert.deepEqual([errors, element.textContent], [[], "Zoë s1"]);
  await act(async () => root.unmount());
});

test("useSession says what it lacks", () => {
  assert.throws(() => renderToString(<Name />), /SessionProvider/);
});

test("rendering on a server opens nothing and sends nothing", async () => {
  const browser = new Browser();
  const tab = browser.open();
  renderToString(<SessionProvider session={tab.session}><Name /></SessionProvider>);
  await browser.time.pass(1_000);
  assert.deepEqual([browser.openChannels, browser.sent.length], [0, 0]);
});
