// An app with three axios instances, here a service of Node, which keeps its login in memory.
import axios from "axios";
import { attach } from "@glowband/client/axios";
import { type Saved, nativeSession } from "@glowband/client/native";

const [url = "http://127.0.0.1:8080", email = "ann@example.org", password = "correct horse battery"] = process.argv.slice(2);

let saved: Saved | null = null;
const session = nativeSession({
  url,
  store: { load: async () => saved, save: async (next) => void (saved = next) },
  onOut: (why) => console.log("out:", why),
});
await session.login({ email, password });

const orders = axios.create({ baseURL: url });
const profile = axios.create({ baseURL: url, timeout: 10_000 });
const search = axios.create({ baseURL: url, headers: { Accept: "application/json" } });
for (const instance of [orders, profile, search]) attach(instance, session);

const answers = await Promise.all([orders, profile, search].flatMap((instance) => Array.from({ length: 12 }, () => instance.get("/auth/me"))));
console.log(`${answers.length} answers, all ${[...new Set(answers.map(({ status }) => status))]}`);
await session.logout();
session.close();
