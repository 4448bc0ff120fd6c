import { markdownTable } from 'markdown-table';
import { configDifference } from '../runs/config.js';
import type { Experiment } from '../runs/experiment.js';
import type { ResultRow } from './aggregate.js';

/** Folders as they are to be printed. */
export interface ShownFolders {
  readonly results: string;
  readonly reference?: string;
}

/**
 * One Markdown table per experiment and protocol, readable as it stands in a terminal, with the paper's numbers beside
 * ours, those of the authors' logs if they were read, the difference to the baseline with its 95 % interval, where a
 * row comes from if some are of the reference, and a line saying where the logs lie.
 *
 * @param experiments - their defaults tell which rows to mark as run with another configuration.
 */
export function formatTables(
  rows: readonly ResultRow[],
  folders: ShownFolders,
  experiments: readonly Experiment[],
): string {
  const titleOf = ({ experiment, protocol }: ResultRow) => `${experiment}, ${protocol} protocol`;
  return [...new Set(rows.map(titleOf))]
    .map((title) => {
      const group = rows.filter((row) => titleOf(row) === title);
      return formatTable(title, group, folders, experiments);
    })
    .join('\n');
}

function formatTable(
  title: string,
  rows: readonly ResultRow[],
  folders: ShownFolders,
  experiments: readonly Experiment[],
): string {
  const notes = rows.map((row) => describeDifference(row, experiments));
  const distinct = [...new Set(notes.filter((note) => note !== ''))];
  const mark = (note: string | undefined) => (note ? ` [${distinct.indexOf(note) + 1}]` : '');
  const { experiment, protocol, baseline } = rows[0] as ResultRow;
  const hasAuthors = rows.some(({ authorsMean }) => authorsMean !== null);
  const hasReference = rows.some(({ reference }) => reference);
  const columns = [
    ['method', 'runs', 'accuracy', 'std', 'max', 'paper', 'paper max'],
    hasAuthors ? ['authors'] : [],
    [`vs ${baseline}`, 's/run', 'cost'],
    hasReference ? ['from'] : [],
  ].flat();
  const cells = rows.map((row, index) => [
    row.method + mark(notes[index]),
    String(row.runs),
    row.meanAccuracy.toFixed(4),
    row.stdAccuracy?.toFixed(4) ?? '-',
    row.maxAccuracy.toFixed(4),
    paper(row.paperMean),
    paper(row.paperMax),
    ...(hasAuthors ? [authorsOf(row)] : []),
    differenceOf(row),
    row.secondsPerRun.toFixed(1),
    `${row.costMultiple.toFixed(2)}x`,
    ...(hasReference ? [row.reference ? 'reference' : 'here'] : []),
  ]);
  const logs = [
    rows.every(({ reference }) => reference) ? [] : [`Logs: ${folders.results}`],
    hasReference ? [`Logs of the committed reference: ${folders.reference}`] : [],
  ].flat();
  return [
    `### ${title}`,
    '',
    markdownTable([columns, ...cells], { align: columns.map((_, k) => (k === 0 ? 'l' : 'r')) }),
    '',
    ...distinct.map((note, index) => `[${index + 1}] ${note}`),
    ...logs.map(
      (folder) =>
        `${folder}/${experiment}/${protocol}/<method>/run-<NN>.jsonl, the last \`eval\` line of each.`,
    ),
    ...(hasAuthors ? [`The authors' logs: ${describeAuthors(rows)}.`] : []),
    '',
  ].join('\n');
}

/** The files of each method, once. */
function describeAuthors(rows: readonly ResultRow[]): string {
  const files = rows.flatMap(({ method, authorsLogs }) =>
    authorsLogs ? [`${method} ${authorsLogs.join(', ')}`] : [],
  );
  return [...new Set(files)].join('; ');
}

function differenceOf({ difference, differenceLow, differenceHigh }: ResultRow): string {
  if (difference === null || differenceLow === null || differenceHigh === null) return '';
  return `${signed(difference)} [${signed(differenceLow)}, ${signed(differenceHigh)}]`;
}

const authorsOf = ({ authorsMean, authorsRuns }: ResultRow): string =>
  authorsMean === null ? '-' : `${authorsMean.toFixed(4)} (${authorsRuns})`;

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;

const paper = (accuracy: number | null): string => accuracy?.toFixed(2) ?? '-';

function describeDifference(row: ResultRow, experiments: readonly Experiment[]): string {
  const experiment = experiments.find(({ name }) => name === row.experiment);
  const difference = experiment ? configDifference(row.config, experiment.defaults(row.protocol)) : [];
  return difference.length > 0 ? `not the default configuration: ${difference.join('; ')}` : '';
}
