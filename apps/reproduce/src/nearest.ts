import { closest } from 'fastest-levenshtein';

/** `unknown method 'gradent'; did you mean 'gradient'? Known: none, naive, gradient.` */
export function nearest(kind: string, got: string, known: readonly string[]): string {
  return `unknown ${kind} '${got}'; did you mean '${closest(got, [...known])}'? Known: ${known.join(', ')}.`;
}
