// What one password hash takes, in seconds, the fastest of many: Better Auth's own scrypt, then argon2id.

import { hash } from '@node-rs/argon2';
import { hashPassword } from 'better-auth/crypto';
import { argon2 } from './passwords.mjs';

async function fastest(work) {
  let best = Infinity;
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    await work('correct horse battery staple');
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

console.log(await fastest(hashPassword), await fastest((password) => hash(password, argon2)));
