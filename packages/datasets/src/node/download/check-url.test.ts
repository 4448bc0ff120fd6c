import { expect, test } from 'vitest';
import { checkUrl } from './check-url.js';

test('takes http and https alone', () => {
  expect(checkUrl('fetch', 'url', 'https://example.org/a').pathname).toBe('/a');
  for (const url of [
    '',
    'example.org',
    'file:///etc/passwd',
    'data:,a',
    'ftp://example.org',
    'http://',
    7,
    undefined,
  ]) {
    expect(() => checkUrl('fetch', 'url', url)).toThrow(
      /^fetch: url is .*; expected an address such as https:/,
    );
  }
});

test('prints no password', () => {
  for (const url of [
    'https://me:secret@example.org/',
    'https://me:secret@/',
    'redis://me:secret@example.org',
    'https://me:se/cr@et@x:99999',
  ]) {
    const refused = () => checkUrl('fetch', 'url', url);
    expect(refused).toThrow(/^fetch: url is '(https:\/\/)?\*\*\*@\.\.\.';/);
    expect(refused).not.toThrow(/secret|cr@/);
  }
});
