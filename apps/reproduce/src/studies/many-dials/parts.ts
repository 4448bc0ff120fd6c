import { chooseBackend } from '../../native/choose-backend.js';
import type { PartContext, StudyPart, StudyRecord } from '../study.js';
import { type Choice, chosenBy } from './choose.js';
import type { Arm, Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';
import { type TrainingRecord, trainArm } from './train-arm.js';

/** Seeds that the grid is swept with; the constants that are chosen, and all other recipes, are trained with more. */
const gridSeeds = 2;

/** What is trained of the grid with all seeds. */
export const choices: readonly Choice[] = [
  { name: 'chosen', among: 'validation', onValidationToo: false },
  { name: 'oracle', among: 'test', onValidationToo: false },
  { name: 'chosen-with-validation', among: 'validation', onValidationToo: true },
];

/** Every recipe of every scenario: the grid first, as constants are chosen from it. */
export const parts = (starts: number): StudyPart[] =>
  scenarios.flatMap((scenario) => {
    const sweep = scenario.grid.map((arm) => armPart(scenario, arm, Math.min(gridSeeds, starts)));
    const rest = scenario.arms.map((arm) => armPart(scenario, arm, starts));
    return [...sweep, ...choices.map((choice) => choicePart(scenario, choice, starts)), ...rest];
  });

/** The part of a recipe: `three-specialists/tuned`. */
export const partName = (scenario: Named, arm: Named): string => `${scenario.name}/${arm.name}`;

type Named = { readonly name: string };

const seedsOf = (starts: number): number[] => Array.from({ length: starts }, (_, seed) => seed);

function armPart(scenario: Scenario, arm: Arm, starts: number): StudyPart {
  const seeds = seedsOf(starts);
  return {
    name: partName(scenario, arm),
    config: { ...scenario.settings, ...arm.settings, seeds },
    compute: (context) => trainAll(scenario, arm, false, seeds, context),
  };
}

/** A constant of the grid with all seeds; what the sweep has trained of it is not trained again. */
function choicePart(scenario: Scenario, choice: Choice, starts: number): StudyPart {
  const { among, onValidationToo } = choice;
  const seeds = seedsOf(starts);
  return {
    name: partName(scenario, choice),
    config: {
      ...scenario.settings,
      chosenBy: `${among}Accuracy`,
      onValidationToo,
      grid: scenario.grid.map((arm) => arm.name),
      seeds,
    },
    async compute(context) {
      const recordsOf = (arm: Named) =>
        context.records(partName(scenario, arm)) as unknown as readonly TrainingRecord[];
      const arm = chosenBy(among, scenario.grid, recordsOf);
      if (!arm) {
        throw new Error(
          `${partName(scenario, choice)}: the grid is not complete; expected all ${scenario.grid.length} constants. Compute ` +
            `${scenario.name} as a whole.`,
        );
      }
      const known = onValidationToo
        ? []
        : choices.flatMap((other) =>
            other.onValidationToo
              ? []
              : context.records(partName(scenario, other)).filter((record) => record.constant === arm.name),
          );
      const swept = onValidationToo ? [] : (recordsOf(arm) as unknown as readonly StudyRecord[]);
      const there = new Map([...known, ...swept].map((record) => [record.seed as number, record]));
      const missing = seeds.filter((seed) => !there.has(seed));
      const trained = await trainAll(scenario, arm, onValidationToo, missing, context);
      for (const record of trained) there.set(record.seed as number, record);
      return seeds.map((seed) => ({ ...(there.get(seed) as StudyRecord), constant: arm.name }));
    },
  };
}

async function trainAll(
  scenario: Scenario,
  arm: Arm,
  onValidationToo: boolean,
  seeds: readonly number[],
  { signal, progress }: PartContext,
): Promise<StudyRecord[]> {
  await chooseBackend({ prefer: 'wasm' });
  const records: StudyRecord[] = [];
  for (const seed of seeds) {
    const record = await trainArm({
      data: await scenario.load(seed),
      settings: scenario.settings,
      arm,
      onValidationToo,
      seed,
      signal,
      progress: (fraction) => progress((records.length + fraction) / seeds.length),
    });
    records.push({ ...record });
  }
  return records;
}
