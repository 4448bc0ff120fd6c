import { markdownTable } from 'markdown-table';
import type { StudyRecord } from '../study.js';
import type { ClosedLoopRecord } from './closed-loop.js';
import { type Contender, equalCost, references } from './contenders.js';
import { closedLoopFigure, equalCostFigure, openLoopFigure } from './figures.js';
import type { OpenLoopRecord } from './open-loop.js';
import { blockLengths, predictors } from './predictors.js';
import { type CostDifference, compare, type Spread, summarize } from './summarize.js';

type Records = (part: string) => readonly StudyRecord[];

/** Errors are shown in steps of the metaparameters: none of the paper's is longer than this. */
const step = 1e-3;

/** Where the open loop is tabulated: the paper's blocks, and the longest predictions of each length. */
const shownHorizons = [
  [10, 1],
  [10, 10],
  [10, 90],
  [100, 100],
  [500, 500],
  [1000, 500],
] as const;

/** The report of the study, and its figures. */
export function render(records: Records): Record<string, string> {
  const openLoop = (name: string) => records(`open-loop/${name}`) as unknown as readonly OpenLoopRecord[];
  const closedLoop = (name: string, folder = 'closed-loop') =>
    records(`${folder}/${name}`) as unknown as readonly ClosedLoopRecord[];
  const starts = closedLoop('gradient').length;
  const redrawn = closedLoop('gradient', 'redrawn');
  const dataSets = new Set(redrawn.map(({ seed }) => seed)).size;

  const report = [
    '# Trajectories of metaparameters',
    `Made by \`npx -y pnpm@10 reproduce study trajectories --starts ${starts}\`: the synthetic experiment of the corrected protocol, with exact hypergradients of the step that is taken and predictions projected into the bounds. Trainings are in float64. Each line of a log beside this file is a training; an accuracy is a mean ± population standard deviation over starts.`,
    '## Open loop',
    `Mean absolute error of predictions of the distillation fraction / the temperature, h iterations after a block of e1 iterations, in steps of ${step}; on the trajectories of ${starts} trainings with a hypergradient in every iteration.`,
    openLoopTable(openLoop),
    '![Error by horizon](open-loop.svg)',
    '## Closed loop',
    `One block of e1 gradients, one of e1 predictions, and again, at ${summarize(closedLoop('linear-10x2')).cost.toFixed(2)} plain steps an iteration. Accuracy as the paper reports it, after 1,801 updates on the 200 points that the hypergradients validate on; below it, after 2,001 updates on 5,000 points that nothing was selected on.`,
    closedLoopTable((name) => summarize(closedLoop(name)).paperAccuracy),
    closedLoopTable((name) => summarize(closedLoop(name)).testAccuracy),
    referenceSentence((name) => closedLoop(name)),
    '![Accuracy by predictor](closed-loop.svg)',
    '## At equal cost',
    `Controllers that cost as much as a hypergradient in every fifth or tenth iteration with a step five or ten times as long, which predicts nothing. Differences of accuracy on the fresh points are paired by start, with their 95 % bootstrap interval; on ${dataSets} data sets drawn anew, ${redrawn.length / dataSets} starts each, data sets are the pairs.`,
    equalCostTable(closedLoop),
    '![Differences at equal cost](equal-cost.svg)',
  ];
  return {
    'README.md': `${report.join('\n\n')}\n`,
    'open-loop.svg': openLoopFigure(Object.keys(predictors).map((name) => [name, openLoop(name)])),
    'closed-loop.svg': closedLoopFigure(
      Object.keys(predictors),
      blockLengths,
      (predictor, length) => summarize(closedLoop(`${predictor}-${length}x2`)).testAccuracy,
      summarize(closedLoop('gradient')).testAccuracy.mean,
    ),
    'equal-cost.svg': equalCostFigure(differences(closedLoop)),
  };
}

function openLoopTable(recordsOf: (name: string) => readonly OpenLoopRecord[]): string {
  const columns = shownHorizons.map(([length, horizon]) => `e1 = ${length}, h = ${horizon}`);
  const rows = Object.keys(predictors).map((name) => [
    `\`${name}\``,
    ...shownHorizons.map(([length, horizon]) => {
      const found = recordsOf(name).find(
        (record) => record.blockLength === length && record.horizon === horizon,
      ) as OpenLoopRecord;
      return `${inSteps(found.fractionError)} / ${inSteps(found.temperatureError)}`;
    }),
  ]);
  return table(['predictor', ...columns], rows);
}

const inSteps = (error: number): string => {
  const steps = error / step;
  return steps < 1 ? steps.toFixed(2) : steps < 10 ? steps.toFixed(1) : steps.toFixed(0);
};

function closedLoopTable(accuracyOf: (contender: string) => Spread): string {
  const rows = Object.keys(predictors).map((name) => [
    `\`${name}\``,
    ...blockLengths.map((length) => shown(accuracyOf(`${name}-${length}x2`))),
  ]);
  return table(['predictor', ...blockLengths.map((length) => `e1 = ${length}`)], rows);
}

function referenceSentence(recordsOf: (name: string) => readonly ClosedLoopRecord[]): string {
  const sentences = references.map(({ name }) => {
    const { paperAccuracy, testAccuracy, cost } = summarize(recordsOf(name));
    return `\`${name}\` (${cost.toFixed(2)} plain steps): ${shown(paperAccuracy)}, fresh ${shown(testAccuracy)}`;
  });
  return `For comparison, ${sentences.join('; ')}.`;
}

const folders = { "the paper's data": 'closed-loop', 'redrawn data': 'redrawn' } as const;

type ClosedLoop = (name: string, folder?: string) => readonly ClosedLoopRecord[];

/** Every contender against the baseline of its cost; none where there are too few starts for an interval. */
const differences = (recordsOf: ClosedLoop): CostDifference[] =>
  Object.entries(equalCost).flatMap(([baseline, contenders]) =>
    contenders.flatMap(({ name }) =>
      (Object.keys(folders) as (keyof typeof folders)[]).flatMap((data) => {
        const difference = compare(recordsOf(name, folders[data]), recordsOf(baseline, folders[data]));
        return name === baseline || !difference ? [] : [{ contender: name, baseline, data, ...difference }];
      }),
    ),
  );

function equalCostTable(recordsOf: ClosedLoop): string {
  const known = differences(recordsOf);
  const row = ({ name }: Contender, baseline: string) => {
    const own = summarize(recordsOf(name));
    const difference = (data: CostDifference['data']) => {
      const found = known.find(
        (each) => each.contender === name && each.baseline === baseline && each.data === data,
      );
      return found ? `${signed(found.mean)} [${signed(found.low)}, ${signed(found.high)}]` : '';
    };
    return [
      `\`${name}\``,
      own.cost.toFixed(2),
      shown(own.paperAccuracy),
      shown(own.testAccuracy),
      difference("the paper's data"),
      shown(summarize(recordsOf(name, folders['redrawn data'])).testAccuracy),
      difference('redrawn data'),
    ];
  };
  return Object.entries(equalCost)
    .map(([baseline, contenders]) =>
      table(
        ['controller', 'cost', 'as the paper', 'fresh points', `to ${baseline}`, 'redrawn', `to ${baseline}`],
        contenders.map((contender) => row(contender, baseline)),
      ),
    )
    .join('\n\n');
}

const shown = ({ mean, std }: Spread): string => `${mean.toFixed(4)} ± ${std.toFixed(4)}`;
const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(
    [columns, ...rows].map((row) => [...row]),
    {
      align: columns.map((_, i) => (i === 0 ? 'l' : 'r')),
    },
  );
