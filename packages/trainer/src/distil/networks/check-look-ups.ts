import type { Dataset } from '@metadistill/datasets';
import type { Model } from '@metadistill/models';
import { describeValue } from '@metadistill/options';
import { giveTurn } from '../../event-loop/give-turn.js';
import type { DistilTask } from '../distil-task.js';
import type { DistilData } from '../inputs/data-of.js';
import type { StudentInput } from '../inputs/examples-of.js';
import { NUMBERS_PER_TURN } from '../inputs/values-of.js';

type Networks = Pick<DistilTask, 'teacher' | 'teachers' | 'validationTeachers'>;

/**
 * Refuses examples that an embedding of the student or of a teacher cannot look up, before any of them is run: a batch late in
 * an epoch would be the first to show it.
 *
 * @throws RangeError that names the entry.
 */
export async function checkLookUps(
  student: Model,
  { teacher, teachers = [], validationTeachers = [] }: Networks,
  { training, validation, splitAt }: DistilData,
  inputs: readonly StudentInput[],
): Promise<void> {
  const of = (option: string, each: object): (readonly [string, Model])[] =>
    'model' in each ? [[option, each.model as Model]] : [];
  const onBoth = [
    ['student', student] as const,
    ...(teacher ? of('teacher', teacher) : []),
    ...teachers.flatMap((each, i) => of(`teachers[${i}]`, each)),
  ];
  const onValidation = validationTeachers.flatMap((each, i) => of(`validationTeachers[${i}]`, each));
  const held =
    splitAt === undefined
      ? { name: validation.name === 'validationData' ? 'validationData[0]' : validation.name, first: 0 }
      : { name: training.name, first: splitAt };
  for (const [option, model] of onBoth) {
    await checkExamples(option, model, training, { inputs, name: training.name, first: 0 });
  }
  for (const [option, model] of [...onBoth, ...onValidation]) {
    await checkExamples(option, model, validation, { inputs, ...held });
  }
}

/** What the rows of a data set were given as: an argument, from its row `first` on. */
interface Source {
  readonly inputs: readonly StudentInput[];
  readonly name: string;
  readonly first: number;
}

async function checkExamples(
  option: string,
  { lookUps = [] }: Model,
  { examples, labels }: Dataset,
  source: Source,
): Promise<void> {
  // Bytes are pixels, and what a batch makes of them is not what is written here.
  if (lookUps.length === 0 || examples instanceof Uint8Array) return;
  const size = examples.length / labels.length;
  const rowsPerTurn = Math.ceil(NUMBERS_PER_TURN / size);
  for (let row = 0; row < labels.length; row++) {
    for (const { layer, inputDim, start, end } of lookUps) {
      for (let at = start; at < end; at++) {
        // A fraction is cut off, as by tfjs-layers.
        const id = Math.trunc(examples[row * size + at] as number);
        if (id >= 0 && id < inputDim) continue;
        throw new RangeError(
          `distil: ${entryOf(source, row, at)} is ${describeValue(examples[row * size + at])}; expected a whole number from 0 to ` +
            `${inputDim - 1}, as ${layer} of ${option} looks it up. Number what is looked up from 0, or correct inputDim.`,
        );
      }
    }
    if (row % rowsPerTurn === rowsPerTurn - 1) await giveTurn();
  }
}

/** An entry of an example by the place where it was given, such as `x[290][3]`. */
function entryOf({ inputs, name, first }: Source, row: number, at: number): string {
  let [k, rest] = [0, at];
  const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);
  while (rest >= sizeOf(inputs[k]!.shape)) rest -= sizeOf(inputs[k++]!.shape);
  const places: number[] = [];
  for (const length of inputs[k]!.shape.toReversed()) {
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  const input = inputs.length === 1 ? '' : ` (${inputs[k]!.name})`;
  return `${name}${input}${[first + row, ...places].map((place) => `[${place}]`).join('')}`;
}
