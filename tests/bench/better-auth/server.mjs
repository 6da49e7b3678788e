// Better Auth in an HTTP server of Node's own, as its documentation sets it up: e-mail and password, nothing else.
//
// One process holds several instances on one database, a path each, so that what differs between them is one setting.
// The settings come from the environment: PORT, DATABASE (postgres://… or a file), PROCESSES (1 or more, node:cluster).

import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { argon2 } from './passwords.mjs';

const { PORT, DATABASE, PROCESSES } = process.env;
const DAY = 24 * 60 * 60;

function openDatabase() {
  if (DATABASE.startsWith('postgres')) {
    // As many connections as Glowband opens.
    return new pg.Pool({ connectionString: DATABASE, max: 16 });
  }
  const file = new Sqlite(DATABASE);
  // As Glowband opens its own; Better Auth leaves these settings to the program that opens the file.
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = NORMAL');
  file.pragma('foreign_keys = ON');
  return file;
}

const database = openDatabase();

function instance(basePath, { session, password }) {
  return betterAuth({
    database,
    basePath,
    baseURL: `http://127.0.0.1:${PORT}`,
    secret: 'a secret of this measurement, 32 bytes and more',
    emailAndPassword: { enabled: true, password },
    session: { expiresIn: 14 * DAY, ...session },
    // One query for a session and its user instead of two.
    advanced: { database: { joins: true } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
  });
}

const instances = {
  // Sessions are written at most once a day, which is the default.
  '/plain': instance('/plain', { session: {} }),
  // A signed copy of the session in a second cookie, accepted for longer than a measurement
  // takes (five minutes is the default).
  '/cached': instance('/cached', { session: { cookieCache: { enabled: true, maxAge: 6 * 60 * 60 } } }),
  // Every check prolongs the session: a write for every call.
  '/renewing': instance('/renewing', { session: { updateAge: 0 } }),
  // Passwords as Glowband hashes them; the others have Better Auth's scrypt.
  '/argon2': instance('/argon2', {
    session: {},
    password: {
      hash: (password) => hash(password, argon2),
      verify: ({ hash: stored, password }) => verify(stored, password),
    },
  }),
};

function serve() {
  const handlers = Object.entries(instances).map(([path, auth]) => [`${path}/`, toNodeHandler(auth)]);
  const server = createServer((request, response) => {
    const found = handlers.find(([path]) => request.url.startsWith(path));
    if (found) {
      return found[1](request, response);
    }
    response.writeHead(404).end();
  });
  server.keepAliveTimeout = 600_000;
  return new Promise((listening) => server.listen(Number(PORT), '127.0.0.1', listening));
}

if (cluster.isPrimary) {
  const { runMigrations } = await getMigrations(instances['/plain'].options);
  await runMigrations();
  // The parent process has ended, and the load with it.
  process.stdin.on('end', () => process.exit()).resume();
  const count = Number(PROCESSES);
  if (count === 1) {
    await serve();
  } else {
    const ready = Array.from({ length: count }, () => {
      const worker = cluster.fork();
      return new Promise((listening) => worker.once('listening', listening));
    });
    cluster.on('exit', () => process.exit(1));
    await Promise.all(ready);
  }
  const version = (name) => createRequire(import.meta.url)(`./node_modules/${name}/package.json`).version;
  const packages = ['better-auth', 'better-sqlite3', 'pg', '@node-rs/argon2'];
  const versions = packages.map((name) => `${name} ${version(name)}`);
  console.log(`better-auth serves on http://127.0.0.1:${PORT} (${[`Node ${process.versions.node}`, ...versions].join(', ')})`);
} else {
  await serve();
}
