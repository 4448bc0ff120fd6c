import { closest } from 'fastest-levenshtein';

/** `unknown method 'gradent'; did you mean 'gradient'? Known: none, naive, gradient.` */
export function nearest(kind: string, got: string, known: readonly string[]): string {
  const begun = got === '' ? undefined : known.find((name) => name.startsWith(got));
  return `unknown ${kind} '${got}'; did you mean '${begun ?? closest(got, [...known])}'? Known: ${known.join(', ')}.`;
}
