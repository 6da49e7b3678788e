import { type FormEvent, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { SessionError, createSession } from "@glowband/client";
import { SessionProvider, useSession } from "@glowband/client/react";

// Vite's server passes /auth and /api on, so that all is one origin, as it is behind a proxy later.
const session = createSession({});

const Login = () => {
  const { session } = useSession();
  const [problem, setProblem] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      await session.login({ email: String(form.get("email")), password: String(form.get("password")) });
    } catch (error) {
      setProblem(error instanceof SessionError ? error.code : "network");
    }
  };
  return (
    <form onSubmit={submit}>
      <label>Email <input name="email" type="email" required /></label>
      <label>Password <input name="password" type="password" required /></label>
      <button>Log in</button>
      <p role="alert">{problem}</p>
    </form>
  );
};

const Orders = () => {
  const { session } = useSession();
  const [orders, setOrders] = useState<string[]>();
  useEffect(() => {
    const stop = new AbortController();
    session
      .fetch("/api/orders", { signal: stop.signal })
      .then((response) => response.json())
      .then(setOrders, () => {});
    return () => stop.abort();
  }, [session]);
  return <ul>{orders?.map((order) => <li key={order}>{order}</li>)}</ul>;
};

const App = () => {
  const { state, claims, session } = useSession();
  if (state.status === "unknown") return <p>One moment …</p>;
  if (state.status === "out") return <Login />;
  return (
    <>
      {/* Another account means other orders. */}
      <Orders key={state.session} />
      <button onClick={() => session.logout()}>Log out {claims?.email}</button>
    </>
  );
};

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <SessionProvider session={session}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
