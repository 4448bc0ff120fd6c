import { describeValue } from '@metadistill/options';

/**
 * An address that something can be downloaded from.
 *
 * @throws RangeError if it is none, or has a user or password. The error shows as little of it as tells what is wrong, since what
 *   is mistyped may hold a password anywhere.
 */
export function checkUrl(caller: string, argument: string, url: unknown): URL {
  const refuse = (got: string, expected: string) =>
    new RangeError(`${caller}: ${argument} is ${got}; expected ${expected}.`);
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    throw refuse(beginningOf(url), 'an address such as https://example.org/data/');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw refuse(
      `'${parsed.protocol}//***@...'`,
      'an address without a user and a password. Fetch the files elsewhere and put them into the data folder',
    );
  }
  return parsed;
}

function beginningOf(url: unknown): string {
  if (typeof url !== 'string') return describeValue(url);
  if (url.includes('@')) return "'***@...'";
  const colon = url.indexOf(':');
  return describeValue(colon < 0 ? url : `${url.slice(0, colon)}:...`);
}
