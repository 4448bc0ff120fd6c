import { distance } from 'fastest-levenshtein';

/**
 * `unknown method 'gradent'; did you mean 'gradient'? Known: none, naive, gradient.`
 *
 * It guesses a name that begins with what was typed; else the one that is the fewest edits away, if they are at most a
 * third of the longer of the two, rounded up; else one that is the first half or more of what was typed. Capitals do not
 * count.
 */
export function nearest(kind: string, got: string, known: readonly string[]): string {
  const name = guess(got.toLowerCase(), known);
  const guessed = name === undefined ? '.' : `; did you mean '${name}'?`;
  return `unknown ${kind} '${got}'${guessed} Known: ${known.join(', ')}.`;
}

function guess(got: string, known: readonly string[]): string | undefined {
  if (got === '') return undefined;
  const [best] = known
    .map((name) => ({ name, edits: distance(got, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const isNear = best && best.edits <= Math.ceil(Math.max(got.length, best.name.length) / 3);
  return (
    known.find((name) => name.toLowerCase().startsWith(got)) ??
    (isNear ? best.name : undefined) ??
    known.find((name) => got.startsWith(name.toLowerCase()) && 2 * name.length >= got.length)
  );
}
