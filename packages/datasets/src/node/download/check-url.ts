import { describeValue } from '@metadistill/options';

/**
 * An address that something can be downloaded from.
 *
 * @throws RangeError if it is none, or has a user or password, which the error leaves out.
 */
export function checkUrl(caller: string, argument: string, url: unknown): URL {
  const refuse = (expected: string) =>
    new RangeError(`${caller}: ${argument} is ${withoutPassword(describeValue(url))}; expected ${expected}.`);
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    throw refuse('an address such as https://example.org/data/');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw refuse(
      'an address without a user and a password. Fetch the files elsewhere and put them into the data folder',
    );
  }
  return parsed;
}

/** Whatever stands where a user and a password do, also in what is no address. */
const withoutPassword = (text: string): string => text.replace(/[/\\]{2}.*@/s, '//***@');
