import { ranked } from '../ranked.js';
import { mean, type Spread, spread } from '../spread.js';
import type { Recipe } from './arms.js';
import type { TrainingRecord } from './train-recipe.js';

/** What a recipe comes to on one task with one optimizer. */
export interface ArmSummary {
  readonly arm: Recipe;
  readonly records: readonly TrainingRecord[];
  readonly validation: Spread;
  readonly test: Spread;
}

/** All that is known of one task with one optimizer. */
export interface Cell {
  /** Its name: `tabular/adam`. */
  readonly name: string;
  /** Recipes that were trained, by their names. */
  readonly known: ReadonlyMap<string, ArmSummary>;
  /** Recipes that were not. */
  readonly missing: readonly string[];
  /** Constants of the grid that were trained from all starts, once the whole grid was trained. */
  readonly swept: readonly ArmSummary[];
  /** The one of them that a sweep would choose. */
  readonly chosen: ArmSummary | undefined;
}

export interface CellOptions {
  readonly name: string;
  readonly arms: readonly Recipe[];
  readonly grid: readonly Recipe[];
  /** Whether only the best of the grid are trained from all starts. */
  readonly racesGrid?: boolean;
  /** Of a recipe; empty if it was not trained. */
  readonly records: (arm: Recipe) => readonly TrainingRecord[];
}

export function summarizeCell(options: CellOptions): Cell {
  const { name, arms, grid, racesGrid = false, records: recordsOf } = options;
  const known = new Map<string, ArmSummary>();
  for (const arm of arms) {
    const records = recordsOf(arm);
    if (records.length === 0) continue;
    known.set(arm.name, {
      arm,
      records,
      validation: spread(records.map(({ validationAccuracy }) => validationAccuracy)),
      test: spread(records.map(({ testAccuracy }) => testAccuracy)),
    });
  }
  const missing = arms.filter((arm) => !known.has(arm.name)).map((arm) => arm.name);
  const whole = grid.flatMap((arm) => known.get(arm.name) ?? []);
  const starts = Math.max(0, ...whole.map(({ records }) => records.length));
  const further = whole.filter(({ records }) => records.length === starts);
  const isComplete = whole.length === grid.length && !(racesGrid && further.length === whole.length);
  const swept = isComplete ? further : [];
  return { name, known, missing, swept, chosen: best(swept, 'validation') };
}

/** How many constants of a raced grid are trained from all starts. */
export const finalistCount = 3;

/** The best of a grid by validation accuracy, of equal ones the first; undefined if one was not trained. */
export const bestOfFirstStart = <A extends Recipe>(
  grid: readonly A[],
  recordsOf: (arm: A) => readonly TrainingRecord[],
): readonly A[] | undefined =>
  ranked(grid, (arm) => recordsOf(arm).map((each) => each.validationAccuracy))?.slice(0, finalistCount);

/** The recipe of the highest mean accuracy, of equal ones the first. */
export const best = (among: readonly ArmSummary[], set: 'validation' | 'test'): ArmSummary | undefined =>
  among.reduce<ArmSummary | undefined>(
    (leader, each) => (leader && leader[set].mean >= each[set].mean ? leader : each),
    undefined,
  );

/** Of test accuracies, paired by seed. */
export const difference = (ours: ArmSummary, theirs: ArmSummary): Spread =>
  spread(
    ours.records.map(({ seed, testAccuracy }) => {
      const pair = theirs.records.find((record) => record.seed === seed) as TrainingRecord;
      return testAccuracy - pair.testAccuracy;
    }),
  );

/** How a recipe compares with the constant that a sweep would choose, over the cells where both are known. */
export interface RecipeSummary {
  readonly arm: Recipe;
  /** Cells where both are known. */
  readonly cells: number;
  readonly worst: { readonly cell: string; readonly difference: number };
  readonly meanDifference: number;
  /** Cells in which the recipe is within the tolerance of that constant, or better. */
  readonly within: number;
  /** Of the cells where labels alone are known too, those in which they are no better. */
  readonly atLeastLabels: number;
  readonly cost: number;
}

/** Recipes by their worst difference, the best first; without those that no cell has. */
export function compareRecipes(
  cells: readonly Cell[],
  arms: readonly Recipe[],
  tolerance: number,
): readonly RecipeSummary[] {
  return arms
    .flatMap((arm): RecipeSummary[] => {
      const both = cells.flatMap(({ name, known, chosen }) => {
        const own = known.get(arm.name);
        const labels = known.get('labels');
        if (!own || !chosen || !labels || own.records.length < chosen.records.length) return [];
        return [{ cell: name, own, labels, difference: difference(own, chosen).mean }];
      });
      if (both.length === 0) return [];
      return [
        {
          arm,
          cells: both.length,
          worst: both.reduce((worst, each) => (each.difference < worst.difference ? each : worst)),
          meanDifference: mean(both.map((each) => each.difference)),
          within: both.filter((each) => each.difference >= -tolerance).length,
          atLeastLabels: both.filter(({ own, labels }) => own.test.mean >= labels.test.mean).length,
          cost: mean(both.flatMap(({ own }) => own.records.map(({ costMultiple }) => costMultiple))),
        },
      ];
    })
    .sort((a, b) => b.worst.difference - a.worst.difference);
}
