import { checkTeacherLogits, sliceTeacherLogits, type TeacherLogits } from '@metadistill/datasets';
import type { LayersModel } from '@metadistill/models';
import { describeValue } from '@metadistill/options';
import { isLive, type LiveTeacher } from '../../batches/mini-batches.js';
import type { DistilOptions, TeacherNetwork } from '../distil-options.js';
import type { DistilTask } from '../distil-task.js';
import type { DistilData } from '../inputs/data-of.js';
import { isLayersModel } from '../networks/is-layers-model.js';
import type { CachedAnswers, CachedOptions } from './cached-logits.js';

type Teacher = TeacherLogits | LiveTeacher;

/** The teachers of a task, each by its logits or live. */
export type Teachers = Pick<
  DistilTask,
  'teacher' | 'teacherLogits' | 'teachers' | 'validationTeacherLogits' | 'validationTeachers'
>;

/** Brings teachers into one form. Cached answers of examples that were split are split as these are. */
export async function resolveTeachers<Name extends string>(
  options: DistilOptions<Name>,
  { training, validation, splitAt }: DistilData,
  adapt: (option: string, network: LayersModel) => Promise<LiveTeacher>,
): Promise<Teachers> {
  const { classes } = training;
  const live = async (option: string, given: TeacherNetwork): Promise<LiveTeacher> =>
    isLayersModel(given) ? adapt(option, given) : given;

  const cached = async (given: CachedAnswers, how: Omit<CachedOptions, 'classes'>) => {
    // Loaded when there are some: a page whose teacher answers by itself does without.
    const { cachedLogits } = await import('./cached-logits.js');
    const answers = await cachedLogits(given, { ...how, classes });
    if (splitAt === undefined || how.argument.startsWith('validation')) return { ofTraining: answers };
    const length = training.labels.length + validation.labels.length;
    const { values, examples } = answers;
    checkTeacherLogits(
      { shape: [examples, answers.classes], values },
      { name: training.name, labels: { length }, classes },
      how.argument,
      'distil',
    );
    return {
      ofTraining: sliceTeacherLogits(answers, 0, splitAt),
      ofValidation: sliceTeacherLogits(answers, splitAt, length),
    };
  };

  const oneOf = async (option: 'teacher' | 'validationTeacher') => {
    const [logits, probabilities] = [options[`${option}Logits`], options[`${option}Probabilities`]];
    if (logits) return cached(logits, { argument: `${option}Logits`, kind: 'logits' });
    return (
      probabilities && cached(probabilities, { argument: `${option}Probabilities`, kind: 'probabilities' })
    );
  };

  const severalOf = async (option: 'teachers' | 'validationTeachers') => {
    const [ofTraining, ofValidation]: [Teacher[], Teacher[]] = [[], []];
    for (const [i, given] of (options[option] ?? []).entries()) {
      const argument = `${option}[${i}]`;
      if (typeof given !== 'object' || given === null) {
        throw new TypeError(
          `distil: ${argument} is ${describeValue(given)}; expected a tf.LayersModel, { model, weights } or logits.`,
        );
      }
      if (isNetwork(given)) {
        const teacher = await live(argument, given);
        ofTraining.push(teacher);
        ofValidation.push(teacher);
      } else {
        const answers = await cached(given, { argument, kind: 'logits' });
        ofTraining.push(answers.ofTraining);
        if (answers.ofValidation) ofValidation.push(answers.ofValidation);
      }
    }
    return (
      options[option] && { ofTraining, ...(ofValidation.length === ofTraining.length && { ofValidation }) }
    );
  };

  const teacher = options.teacher && (await live('teacher', options.teacher));
  const [one, oneHeldOut] = [await oneOf('teacher'), await oneOf('validationTeacher')];
  const [several, severalHeldOut] = [await severalOf('teachers'), await severalOf('validationTeachers')];
  const onValidation = oneHeldOut?.ofTraining ?? one?.ofValidation;
  const allOnValidation = severalHeldOut?.ofTraining ?? several?.ofValidation;
  return {
    ...(teacher && { teacher }),
    ...(one && { teacherLogits: one.ofTraining }),
    ...(onValidation && { validationTeacherLogits: onValidation }),
    ...(several && { teachers: several.ofTraining }),
    ...(allOnValidation && { validationTeachers: allOnValidation }),
  };
}

/** A teacher to be run, in place of answers that are known. */
const isNetwork = (given: TeacherNetwork | CachedAnswers): given is TeacherNetwork =>
  isLayersModel(given) || (!Array.isArray(given) && isLive(given as Teacher));
