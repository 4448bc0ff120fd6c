import { expect, test } from 'vitest';
import { withoutPasswords } from './without-passwords.js';

test.each([
  ['redis://:secret@host:6379', 'redis://:***@host:6379'],
  ["'rediss://me:s:e@c/r#et@host/1' is no address", "'rediss://me:***@host/1' is no address"],
  ['of redis://a:b@c and REDISS://d:e@f.', 'of redis://a:***@c and REDISS://d:***@f.'],
  ['redis://host:6379, /home/me@here, me:you@there', 'redis://host:6379, /home/me@here, me:you@there'],
])('%s becomes %s', (text, shown) => {
  expect(withoutPasswords(text)).toBe(shown);
});
