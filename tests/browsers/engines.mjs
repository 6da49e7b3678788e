// Three browsers behind one small interface: `open()` gives a browser with its own cookies, `tab(url)` a tab of it, and
// `run(function, ...arguments)` what a function returns in the tab.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:net";

const READY = "window.ready === true";

const chromium = {
  name: "Chromium",
  async open() {
    const { chromium: driver } = await import("playwright-core");
    const browser = await driver.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    const system = await browser.newBrowserCDPSession();
    const renderers = async () => (await system.send("SystemInfo.getProcessInfo")).processInfo.filter(({ type }) => type === "renderer");
    return {
      async profile() {
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        return {
          async tab(url) {
            const page = await context.newPage();
            const go = async (work) => {
              await work();
              await page.waitForFunction(READY);
            };
            await go(() => page.goto(url));
            return {
              run: (work, ...values) => page.evaluate(`(${work})(...${JSON.stringify(values)})`),
              reload: () => go(() => page.reload()),
              goto: (to) => page.goto(to),
              back: () => go(() => page.goBack()),
              close: () => page.close(),
              /** The process that draws this tab: the one that works while the tab does. */
              async process() {
                const before = new Map((await renderers()).map(({ id, cpuTime }) => [id, cpuTime]));
                await page.evaluate("{ const end = Date.now() + 700; while (Date.now() < end); }");
                const [busiest] = (await renderers()).map(({ id, cpuTime }) => [id, cpuTime - (before.get(id) ?? 0)]).sort((one, other) => other[1] - one[1]);
                return busiest[0];
              },
            };
          },
          cookies: () => context.cookies(),
          close: () => context.close(),
        };
      },
      close: () => browser.close(),
    };
  },
};

const firefox = {
  name: "Firefox",
  async open() {
    const { default: driver } = await import("puppeteer-core");
    const browser = await driver.launch({ browser: "firefox", executablePath: "/usr/bin/firefox-esr", acceptInsecureCerts: true, headless: true });
    return {
      async profile() {
        const context = await browser.createBrowserContext();
        return {
          async tab(url) {
            const page = await context.newPage();
            const go = async (work) => {
              await work();
              await page.waitForFunction(READY, { polling: 50 });
            };
            await go(() => page.goto(url));
            return {
              run: (work, ...values) => page.evaluate(`(${work})(...${JSON.stringify(values)})`),
              reload: () => go(() => page.reload()),
              goto: (to) => page.goto(to),
              back: () => go(() => page.goBack()),
              close: () => page.close(),
            };
          },
          close: () => context.close(),
        };
      },
      close: () => browser.close(),
    };
  },
};

/** WebKitGTK supports WebDriver (W3C) only, and needs a display. */
const webkit = {
  name: "WebKitGTK",
  async open() {
    const port = await new Promise((found) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => found(port));
      });
    });
    const display = `:${90 + (port % 900)}`;
    const home = mkdtempSync(join(tmpdir(), "glowband-webkit-"));
    const screen = spawn("Xvfb", [display, "-screen", "0", "800x600x24", "-nolisten", "tcp"], { stdio: "ignore" });
    const env = { ...process.env, DISPLAY: display, HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1" };
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], { stdio: "ignore", env });
    const ask = async (method, path, body) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
      const { value } = await response.json();
      if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
      return value;
    };
    const until = async (work, tries = 100) => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (--tries === 0) throw error;
          await new Promise((wait) => setTimeout(wait, 100));
        }
      }
    };
    const running = [];
    return {
      async profile() {
        const { sessionId } = await until(() => ask("POST", "/session", { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } }));
        running.push(sessionId);
        const path = `/session/${sessionId}`;
        await ask("POST", `${path}/timeouts`, { script: 60_000 });
        let first = true;
        // One window is the current one: what is done in tabs is done one by one.
        let last = Promise.resolve();
        const inOrder = (work) => (last = last.then(work, work));
        return {
          async tab(url) {
            const handle = await inOrder(async () => {
              if (first) {
                first = false;
                return ask("GET", `${path}/window`);
              }
              return (await ask("POST", `${path}/window/new`, { type: "tab" })).handle;
            });
            const within = (work) =>
              inOrder(async () => {
                await ask("POST", `${path}/window`, { handle });
                return work();
              });
            const script = (text) => ask("POST", `${path}/execute/sync`, { script: text, args: [] });
            const ready = () => until(async () => {
              if (!(await script(`return ${READY}`))) throw new Error("the page is not ready");
            });
            // Starts now and is asked for later, so that tabs work at the same time.
            let calls = 0;
            const run = async (work, ...values) => {
              const name = `call${++calls}`;
              await within(() => script(`window.${name} = null; Promise.resolve((${work})(...${JSON.stringify(values)}))
                .then((value) => (window.${name} = { value }), (error) => (window.${name} = { error: String(error) }))`));
              for (;;) {
                const result = await within(() => script(`return window.${name} ?? null`));
                if (result?.error) throw new Error(result.error);
                if (result) return result.value;
                await new Promise((wait) => setTimeout(wait, 20));
              }
            };
            const go = (work) => within(async () => {
              await work();
              await ready();
            });
            await go(() => ask("POST", `${path}/url`, { url }));
            return {
              run,
              reload: () => go(() => ask("POST", `${path}/refresh`, {})),
              goto: (to) => within(() => ask("POST", `${path}/url`, { url: to })),
              back: () => go(() => ask("POST", `${path}/back`, {})),
              close: () => within(() => ask("DELETE", `${path}/window`)),
            };
          },
          async close() {
            running.splice(running.indexOf(sessionId), 1);
            await ask("DELETE", path);
          },
        };
      },
      async close() {
        for (const sessionId of running) await ask("DELETE", `/session/${sessionId}`).catch(() => {});
        driver.kill();
        screen.kill();
        rmSync(home, { recursive: true, force: true });
      },
    };
  },
};

export const ENGINES = [chromium, firefox, webkit];
