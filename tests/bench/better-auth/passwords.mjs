// Passwords as Glowband hashes them: the parameters that OWASP names first.

import { Algorithm } from '@node-rs/argon2';

export const argon2 = { algorithm: Algorithm.Argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 };
