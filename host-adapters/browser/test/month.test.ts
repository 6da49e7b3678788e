/** A month of use with answers that get lost, and a thief who has the cookie. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { URL_OF_LOGIN, loggedIn } from "./world.js";

const REFRESH = `${URL_OF_LOGIN}/auth/refresh`;

/** A sequence that is the same in each run. */
const dice = (seed: number) => () => (seed = (seed * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;

for (const lost of [0.0005, 0.005, 0.05]) {
  test(`row 8: months of 300 refreshes with ${lost * 100} % of lost answers: no logout`, async () => {
    let [answers, refreshes] = [0, 0];
    for (let month = 0; month < 20; month++) {
      const { browser, tab, time, server } = await loggedIn();
      const random = dice(1 + month + lost * 1e4);
      browser.fault = ({ url }) => {
        if (url !== REFRESH || random() >= lost) return undefined;
        answers++;
        return { lost: "after" };
      };
      for (let use = 0; use < 300; use++) {
        await time.pass(600_000 + random() * 14_400_000);
        await time.until(tab.who().catch(() => {}));
      }
      await time.pass(60_000);
      browser.fault = () => undefined;
      assert.equal(await time.until(tab.who()), "ann");
      assert.deepEqual([tab.outs, server.revoked], [[], 0]);
      refreshes += browser.refreshes;
    }
    console.log(`20 months, ${refreshes} refreshes, ${answers} lost answers, 0 logouts`);
  });
}

test("a thief who has the cookie is caught every time", async () => {
  let caught = 0;
  for (let theft = 0; theft < 50; theft++) {
    const { browser, tab, time, server } = await loggedIn();
    const random = dice(theft + 1);
    for (let use = 0; use < 5; use++) {
      await time.pass(700_000);
      await time.until(tab.who());
    }
    // The thief refreshes at some time after, once; the victim goes on as always.
    const stolen = browser.cookie;
    await time.pass(random() * 1_200_000);
    server.handle("refresh", {}, stolen, "thief", undefined);
    await time.pass(11_000);
    for (let use = 0; use < 3 && server.families.get("s1")!.alive; use++) {
      await time.until(tab.who());
      await time.pass(700_000);
    }
    caught += server.families.get("s1")!.alive ? 0 : 1;
  }
  assert.equal(caught, 50);
});
