import { markdownTable } from 'markdown-table';
import { mean, shownSpread, signed } from '../spread.js';
import type { StudyRecord } from '../study.js';
import { choices, partName } from './parts.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { type ArmSummary, type PairedDifference, pairedDifference, summarizeArm } from './summarize.js';
import type { TrainingRecord } from './train-arm.js';

type Records = (part: string) => readonly StudyRecord[];

/** The report of the study, of whatever parts are there. */
export function render(records: Records): Record<string, string> {
  const report = [
    '# Many dials',
    'Made by `npx -y pnpm@10 reproduce study many-dials`: students that learn from sources of targets which differ in where they are right. Constants weigh a source the same everywhere; counting weighs it by how often it is right on the validation examples when it says a class; tuning moves a dial per source and class by hypergradients while the student trains. All students of a scenario are trained by plain gradient descent at the same rate, from the same weights and on the same batches for a seed; each line of a log beside this file is a training, measured after its last epoch. The grid is swept with two seeds; the constants that it leads to, and all other recipes, are trained with more. Accuracies are a mean ± population standard deviation over seeds; differences are paired by seed, with the 95 % interval of their bootstrap and, as intervals of so few pairs are too narrow, the range of the pairs.',
    ...scenarios.flatMap((scenario) => section(scenario, records)),
  ];
  return { 'README.md': `${report.join('\n\n')}\n` };
}

function section(scenario: Scenario, records: Records): string[] {
  const recordsOf = (arm: { readonly name: string }) =>
    records(partName(scenario, arm)) as unknown as readonly TrainingRecord[];
  const { epochs, batchSize } = scenario.settings;
  const heading = [
    `## ${scenario.name}`,
    `${capitalized(scenario.description)}; ${epochs} epochs in batches of ${batchSize}.`,
  ];
  const swept = scenario.grid.flatMap((arm) => summarizeArm(arm, recordsOf(arm)) ?? []);
  const chosen = choices.flatMap((choice) => {
    const found = recordsOf(choice) as readonly (TrainingRecord & { readonly constant: string })[];
    const constant = scenario.grid.find(({ name }) => name === found[0]?.constant);
    if (!constant) return [];
    const description = `${constant.description}${choice.onValidationToo ? ', validation images trained on too' : ''}`;
    return summarizeArm({ name: titles[choice.name] ?? choice.name, description }, found) ?? [];
  });
  const others = scenario.arms.flatMap((arm) => {
    const summary = summarizeArm(arm, recordsOf(arm));
    return summary ? { ...summary, name: `\`${arm.name}\`` } : [];
  });
  if (swept.length + chosen.length + others.length === 0) return [...heading, 'Nothing yet.'];
  const baseline = chosen.find(({ name }) => name === titles.chosen);
  const missing = scenario.arms.length + choices.length - others.length - chosen.length;
  return [
    ...heading,
    ...(missing > 0 ? [`**${missing} recipes are missing.**`] : []),
    table(
      ['recipe', 'what it does', 'seeds', 'validation', 'test', 'to the chosen', 'cost', 's'],
      [...chosen, ...others].map((each) => row(each, baseline)),
    ),
    `The grid, ${swept[0]?.records.length ?? 0} seeds each:`,
    table(
      ['constant', 'validation', 'test'],
      swept.map(({ description, validation, test }) => [
        description,
        shownSpread(validation),
        shownSpread(test),
      ]),
      1,
    ),
  ];
}

const titles: Readonly<Record<string, string>> = {
  chosen: 'best constant, chosen on validation',
  oracle: 'best constant, chosen on test',
  'chosen-with-validation': 'the first with more data',
};

function row(summary: ArmSummary, baseline: ArmSummary | undefined): string[] {
  const { name, description, records, validation, test } = summary;
  return [
    name,
    description,
    `${records.length}`,
    shownSpread(validation),
    shownSpread(test),
    baseline && baseline !== summary ? shownDifference(pairedDifference(summary, baseline)) : '',
    mean(records.map(({ costMultiple }) => costMultiple)).toFixed(2),
    mean(records.map(({ seconds }) => seconds)).toFixed(1),
  ];
}

function shownDifference({ mean: average, least, most, interval }: PairedDifference): string {
  const bounds = interval ? `[${signed(interval.low)}, ${signed(interval.high)}], ` : '';
  return `${signed(average)} (${bounds}${signed(least)} to ${signed(most)})`;
}

const capitalized = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;

const table = (columns: readonly string[], rows: readonly (readonly string[])[], left = 2): string =>
  markdownTable(
    [columns, ...rows].map((each) => [...each]),
    { align: columns.map((_, i) => (i < left ? 'l' : 'r')) },
  );
