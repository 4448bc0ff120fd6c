import { markdownTable } from 'markdown-table';
import type { ResultRow } from './aggregate.js';
import { configDifference } from './config.js';
import type { Experiment } from './experiment.js';

const columns = ['method', 'runs', 'accuracy', 'std', 'max', 'paper', 'paper max', 's/run', 'cost'];
const alignment = ['l', ...columns.slice(1).map(() => 'r')];

/**
 * One Markdown table an experiment and protocol, readable as it stands in a terminal, with the paper's numbers beside
 * ours and a line saying where the logs lie.
 *
 * @param resultsFolder - as it is to be printed.
 * @param experiments - their defaults tell which rows to mark as run with another configuration.
 */
export function formatTables(
  rows: readonly ResultRow[],
  resultsFolder: string,
  experiments: readonly Experiment[],
): string {
  const titleOf = ({ experiment, protocol }: ResultRow) => `${experiment}, ${protocol} protocol`;
  return [...new Set(rows.map(titleOf))]
    .map((title) => {
      const group = rows.filter((row) => titleOf(row) === title);
      return formatTable(title, group, resultsFolder, experiments);
    })
    .join('\n');
}

function formatTable(
  title: string,
  rows: readonly ResultRow[],
  resultsFolder: string,
  experiments: readonly Experiment[],
): string {
  const notes = rows.map((row) => describeDifference(row, experiments));
  const distinct = [...new Set(notes.filter((note) => note !== ''))];
  const mark = (note: string | undefined) => (note ? ` [${distinct.indexOf(note) + 1}]` : '');
  const cells = rows.map((row, index) => [
    row.method + mark(notes[index]),
    String(row.runs),
    row.meanAccuracy.toFixed(4),
    row.stdAccuracy.toFixed(4),
    row.maxAccuracy.toFixed(4),
    paper(row.paperMean),
    paper(row.paperMax),
    row.secondsPerRun.toFixed(1),
    `${row.costMultiple.toFixed(2)}x`,
  ]);
  const { experiment, protocol } = rows[0] as ResultRow;
  return [
    `### ${title}`,
    '',
    markdownTable([columns, ...cells], { align: alignment }),
    '',
    ...distinct.map((note, index) => `[${index + 1}] ${note}`),
    `Logs: ${resultsFolder}/${experiment}/${protocol}/<method>/run-<NN>.jsonl, the last \`eval\` line of each.`,
    '',
  ].join('\n');
}

const paper = (accuracy: number | null): string => accuracy?.toFixed(2) ?? '-';

function describeDifference(row: ResultRow, experiments: readonly Experiment[]): string {
  const experiment = experiments.find(({ name }) => name === row.experiment);
  const difference = experiment ? configDifference(row.config, experiment.defaults(row.protocol)) : [];
  return difference.length > 0 ? `not the default configuration: ${difference.join('; ')}` : '';
}
