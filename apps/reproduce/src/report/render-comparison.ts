import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { UnusableLog } from '../logs/find-logs.js';
import type { Comparison, RunDifference } from './compare-with-reference.js';

/** Runs or logs that are listed; the rest is counted. */
const shownRuns = 20;

/**
 * A comparison in words: how many runs equal the committed ones, which differ and by how much, and what to expect.
 *
 * @param reference - the folder of the committed logs, as it is to be printed.
 */
export function renderComparison(comparison: Comparison, reference: string): string {
  const { equal, differing, reconfigured, unusable, missing } = comparison;
  const compared = equal + differing.length;
  const others = differing.length > 0 ? `, ${differing.length} differ` : '';
  const notCompared = (count: number, why: string) => (count > 0 ? [`Not compared: ${count}, ${why}`] : []);
  const paragraphs = [
    compared === 0
      ? `No run could be compared with the committed reference in ${reference}.`
      : `${equal} of ${compared} runs equal the committed reference in ${reference} bit for bit${others}: every ` +
        'accuracy, loss and metaparameter of every evaluation.',
    ...notCompared(missing, 'which the reference lacks.'),
    ...notCompared(reconfigured, 'which the reference has with another configuration.'),
    ...notCompared(unusable.length, 'whose log in the reference does not count:'),
    ...(unusable.length > 0 ? [listOf(unusable, reference)] : []),
    ...(differing.length > 0 ? ['', tableOf(differing), '', explain(differing)] : []),
  ];
  return paragraphs.join('\n');
}

function listOf(unusable: readonly UnusableLog[], reference: string): string {
  const lines = unusable
    .slice(0, shownRuns)
    .map(
      ({ path, reason, damaged }) =>
        `  ${join(reference, path)} is ${damaged ? 'damaged' : 'unfinished'}: ${reason}.`,
    );
  const more = unusable.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more.`] : []), restore(reference)].join('\n');
}

/** What to do about a reference that is not as it was committed. */
export const restore = (reference: string): string =>
  `Restore the reference, such as by \`git restore ${reference}\`.`;

function tableOf(differing: readonly RunDifference[]): string {
  const sorted = differing.toSorted(
    (a, b) => Math.abs(b.accuracy) - Math.abs(a.accuracy) || b.largest.difference - a.largest.difference,
  );
  const rows = sorted
    .slice(0, shownRuns)
    .map(({ log, firstEpoch, accuracy, largest }) => [
      log,
      `${accuracy < 0 ? '' : '+'}${accuracy.toFixed(4)}`,
      String(firstEpoch),
      `${largest.key} by ${sizeOf(largest.difference)} at epoch ${largest.epoch}`,
    ]);
  const columns = ['run', 'final accuracy', 'first differs at epoch', 'largest difference'];
  const table = markdownTable([columns, ...rows], { align: ['l', 'r', 'r', 'l'] });
  const more = sorted.length - rows.length;
  return more > 0 ? `${table}\nand ${more} more, with smaller differences of the final accuracy.` : table;
}

const sizeOf = (difference: number): string =>
  Number.isFinite(difference) ? difference.toPrecision(2) : 'a value that only one of them has';

function explain(differing: readonly RunDifference[]): string {
  const circumstances = [...new Set(differing.flatMap((each) => each.circumstances))];
  return [
    "Expected: with the reference's versions, backend and kind of processor, runs are equal. Others may round differently in",
    'the last bit, and training magnifies it: single runs then differ, but the mean of a method stays within its standard',
    'deviation.',
    circumstances.length > 0
      ? `Here ${circumstances.join('; ')}.`
      : 'Versions and backend are those of the reference: either the processor rounds differently, or the code has changed.',
  ].join('\n');
}
