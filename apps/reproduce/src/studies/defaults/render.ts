import { markdownTable } from 'markdown-table';
import { mean, type Spread, shownSpread, signed } from '../spread.js';
import type { StudyRecord } from '../study.js';
import { armsOf, finalists, type Recipe, recipes } from './arms.js';
import { untold } from './by-distil.js';
import { grid, keras, labels, random, ruled } from './constants.js';
import { optimizers, type StudyOptimizer } from './optimizers.js';
import { partName, recordsOfArm } from './parts.js';
import {
  type ArmSummary,
  best,
  type Cell,
  compareRecipes,
  difference,
  finalistCount,
  summarizeCell,
} from './summarize.js';
import { tasks } from './tasks/index.js';
import type { Task } from './tasks/task.js';
import type { TrainingRecord } from './train-recipe.js';
import { tuned } from './tuned.js';

type Records = (part: string) => readonly StudyRecord[];

/** A recipe this much below the constant that a sweep would choose counts as no worse. */
const tolerance = 0.005;

/** The report of the study, of whatever parts are there. */
export function render(records: Records): Record<string, string> {
  const recordsOf = (task: Task, optimizer: StudyOptimizer, arm: Recipe) =>
    recordsOfArm(
      arm,
      records(partName(task, optimizer, arm)),
      optimizer.racesGrid ? records(partName(task, optimizer, finalists)) : [],
    );
  const cellsOf = (task: Task): Cell[] =>
    optimizers.map((optimizer) =>
      summarizeCell({
        name: `${task.name}/${optimizer.name}`,
        arms: armsOf(optimizer),
        grid,
        racesGrid: optimizer.racesGrid ?? false,
        records: (arm) => recordsOf(task, optimizer, arm),
      }),
    );
  const byTask = tasks.map((task) => ({ task, cells: cellsOf(task) }));
  const cells = byTask.flatMap((each) => each.cells);
  const starts = Math.max(
    0,
    ...byTask.map(({ task, cells: own }) => seedsOf(own) / (task.seedsPerStart ?? 1)),
  );
  const report = [
    '# Defaults that need no sweep',
    `Made by \`npx -y pnpm@10 reproduce study defaults --starts ${starts}\`: students trained by recipes that know f and T beforehand, or tune them, beside a grid of constants. Each line of a log beside this file is a training, measured after its last epoch. The grid is f in {0.5, 0.9, 1} and T in {1, 2, 5, 10, 20, 50} with the factor T²; a sweep chooses the constant of the highest mean accuracy on validation examples, on which nobody trains, and of equal ones the first. With momentum and SGD the grid is trained from the first start alone, and its ${finalistCount} best on validation from all starts; the sweep chooses among those. Accuracies are a mean ± population standard deviation over seeds; differences are paired by seed.`,
    missingSentence(cells),
    '## Recipes',
    ...recipeSection(cells),
    ...byTask.flatMap(({ task, cells: own }) => taskSection(task, own)),
  ];
  return { 'README.md': `${report.join('\n\n')}\n` };
}

function missingSentence(cells: readonly Cell[]): string {
  const all = tasks.length * optimizers.reduce((sum, optimizer) => sum + armsOf(optimizer).length, 0);
  const missing = cells.reduce((sum, cell) => sum + cell.missing.length, 0);
  if (missing === 0) return `All ${all} parts are there.`;
  const listed = cells
    .filter((cell) => cell.missing.length > 0)
    .map((cell) => {
      const count = cell.missing.length;
      if (cell.known.size === 0) return `\`${cell.name}\` (all)`;
      return count <= 3
        ? `\`${cell.name}\` (${cell.missing.map((name) => `\`${name}\``).join(', ')})`
        : `\`${cell.name}\` (${count} of ${count + cell.known.size})`;
    });
  return `**${missing} of ${all} parts are missing:** ${listed.join(', ')}. What follows is of the others.`;
}

/** One recipe for all tasks: the table and what it says. */
function recipeSection(cells: readonly Cell[]): string[] {
  const complete = cells.filter(({ chosen }) => chosen !== undefined).length;
  if (complete === 0) return ['No grid is complete yet.'];
  const compared = compareRecipes(cells, [...recipes, ...grid, untold], tolerance);
  const everywhere = compared.filter((each) => each.cells === complete);
  const withoutTuning = everywhere.filter(({ arm }) => !arm.tuning);
  const withTuning = everywhere.filter(({ arm }) => arm.tuning);
  const sentence = (kind: string, [leader]: typeof compared): string[] =>
    leader
      ? [
          `${kind}, \`${leader.arm.name}\` has the least to lose: at worst ${signed(leader.worst.difference)} (\`${leader.worst.cell}\`), on average ${signed(leader.meanDifference)}, within ${tolerance} of the constant that a sweep would choose on ${leader.within} of ${leader.cells}, and at least as good as labels alone on ${leader.atLeastLabels}.`,
        ]
      : [];
  const good = everywhere.filter((each) => each.within === each.cells);
  return [
    `Test accuracy minus that of the constant which a sweep would choose, over ${complete} pairs of a task and an optimizer.`,
    table(
      [
        'recipe',
        'f and T',
        'pairs',
        'worst',
        'where',
        'mean',
        `within ${tolerance}`,
        'at least labels',
        'cost',
      ],
      compared.map(({ arm, cells: count, worst, meanDifference, within, atLeastLabels, cost }) => [
        `\`${arm.name}\``,
        arm === keras ? `${arm.description} (Keras)` : arm.description,
        `${count}`,
        signed(worst.difference),
        `\`${worst.cell}\``,
        signed(meanDifference),
        `${within}`,
        `${atLeastLabels}`,
        cost.toFixed(2),
      ]),
    ),
    [
      ...sentence('Without tuning', withoutTuning),
      ...sentence('With tuning', withTuning),
      good.length > 0
        ? `Within ${tolerance} on all ${complete}: ${good.map(({ arm }) => `\`${arm.name}\``).join(', ')}.`
        : `No recipe is within ${tolerance} on all ${complete}.`,
    ].join(' '),
  ];
}

const seedsOf = (cells: readonly Cell[]): number =>
  Math.max(0, ...cells.map(({ known }) => known.get(labels.name)?.records.length ?? 0));

function taskSection(task: Task, cells: readonly Cell[]): string[] {
  const known = cells.filter((cell) => cell.known.size > 0);
  const { epochs, batchSize } = task.settings;
  const heading = [
    `## ${task.name}`,
    `${task.description[0]?.toUpperCase()}${task.description.slice(1)}; ${epochs} epochs in batches of ${batchSize}${known.length > 0 ? `; ${seedsOf(cells)} seeds` : ''}.`,
  ];
  if (known.length === 0) return [...heading, 'Nothing yet.'];
  const columns = [
    'optimizer',
    'recipe',
    'f and T',
    'at the end',
    'validation',
    'test',
    'to the chosen',
    'cost',
    's',
  ];
  return [...heading, table(columns, known.flatMap(cellRows))];
}

function cellRows(cell: Cell): string[][] {
  const { known, swept, chosen } = cell;
  const summaryOf = (name: string) => known.get(name);
  const oracle = best(swept, 'test');
  const worst = swept.reduce<ArmSummary | undefined>(
    (least, each) => (least && least.test.mean <= each.test.mean ? least : each),
    undefined,
  );
  const rows: (readonly [name: string, summary: ArmSummary | undefined])[] = [
    ['labels', summaryOf(labels.name)],
    ["Keras' recipe", summaryOf(keras.name)],
    ['grid, chosen on validation', chosen],
    ['grid, best on test', oracle],
    // Of a raced grid only the best are here.
    ...(swept.length === grid.length ? [['grid, worst on test', worst] as const] : []),
    ...[untold, random, ruled, ...tuned].map(({ name }) => [`\`${name}\``, summaryOf(name)] as const),
  ];
  const optimizer = cell.name.split('/')[1] as string;
  return rows.flatMap(([name, summary]) =>
    summary
      ? [
          [
            optimizer,
            name,
            summary.arm.description,
            atTheEnd(summary.records),
            shownSpread(summary.validation),
            shownSpread(summary.test),
            chosen && summary !== chosen ? shownDifference(difference(summary, chosen)) : '',
            mean(summary.records.map(({ costMultiple }) => costMultiple)).toFixed(2),
            mean(summary.records.map(({ seconds }) => seconds)).toFixed(1),
          ],
        ]
      : [],
  );
}

/** Mean f, and T by its geometric mean. */
function atTheEnd(records: readonly TrainingRecord[]): string {
  const fraction = mean(records.map(({ distillationFraction }) => distillationFraction));
  const temperature = Math.exp(mean(records.map((record) => Math.log(record.temperature))));
  return `${fraction.toFixed(2)}, ${temperature.toFixed(1)}`;
}

const shownDifference = (of: Spread): string => `${signed(of.mean)} ± ${of.std.toFixed(4)}`;

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(
    [columns, ...rows].map((row) => [...row]),
    { align: columns.map((_, i) => (i < 3 ? 'l' : 'r')) },
  );
