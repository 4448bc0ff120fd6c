import type { LayersModel, Model, Weights } from '@metadistill/models';
import { type Listeners, listenersOf, listOf } from './callbacks/listeners.js';
import type { DistilOptions } from './distil-options.js';
import type { DistilTask } from './distil-task.js';
import { dataOf } from './inputs/data-of.js';
import type { StudentInput } from './inputs/examples-of.js';
import { networkAdapter } from './networks/adapt-network.js';
import type { InputShapes } from './networks/input-shapes.js';
import { isLayersModel } from './networks/is-layers-model.js';
import { studentShapes } from './networks/student-shapes.js';
import { innerOptimizerOf } from './optimizers/inner-optimizer-of.js';
import { checkTrainable } from './plan/check-trainable.js';
import { resolveTeachers } from './teachers/resolve-teachers.js';

/** A task, and what was made to carry it out. */
export interface PreparedTask<Name extends string> {
  readonly task: DistilTask<Name>;
  readonly listeners: Listeners;
  /** Puts trained weights, which are borrowed, into a student that is a `tf.LayersModel`; undefined if it is none. */
  readonly assign: ((weights: Weights) => void) | undefined;
  /** Disposes of what was made; what was given stays. */
  dispose(): void;
}

/** Brings every option into the one form that the training loop takes: adapts networks, reads data and answers. */
export async function prepareTask<Name extends string>(
  options: DistilOptions<Name>,
): Promise<PreparedTask<Name>> {
  const {
    x,
    y,
    validationData,
    validationSplit,
    training,
    validation,
    student,
    teacher,
    teacherLogits,
    teacherProbabilities,
    teachers,
    validationTeacherLogits,
    validationTeacherProbabilities,
    validationTeachers,
    optimizer,
    callbacks,
    ...rest
  } = options;
  const { metrics = [] } = options;
  const asPixels = options.normalization !== undefined || options.augment !== undefined;
  const { adapt, dispose: disposeCopies } = networkAdapter(options.seed);
  const made = [disposeCopies];
  const dispose = () => {
    for (const undo of made) undo();
  };
  try {
    // What only some runs need is loaded for these.
    if (isLayersModel(student)) {
      (await import('./networks/check-inputs.js')).checkInputs(options);
      made.push((await import('./networks/claim-student.js')).claimStudent(student));
    }
    const earlyStopping =
      options.earlyStopping !== undefined &&
      (await import('./callbacks/resolve-early-stopping.js')).resolveEarlyStopping(
        options.earlyStopping,
        metrics,
      );
    const shapes = await studentShapes(student, options);
    const adapted = isLayersModel(student) ? await adapt('student', student, shapes) : undefined;
    const model = adapted?.model ?? (student as Model);
    checkTrainable(model, options.weights);
    if (metrics.some((metric) => typeof metric === 'function')) {
      (await import('./metrics/try-metrics.js')).tryMetrics(metrics, model.classes);
    }
    const inputs = inputsOf(student, shapes);
    const data = await dataOf(options, {
      student: model.name,
      inputs,
      inputShape: model.inputShape,
      classes: model.classes,
      signal: options.signal,
      asPixels,
    });
    const resolved = await resolveTeachers(options, data, (option, network) =>
      adapt(option, network, shapes),
    );
    const answering = [resolved.teacher, resolved.teachers ?? [], resolved.validationTeachers ?? []].flat();
    const models = [model, ...answering.map((each) => (each && 'model' in each ? each.model : undefined))];
    if (!asPixels && models.some((each) => each?.lookUps)) {
      await (await import('./networks/check-look-ups.js')).checkLookUps(model, resolved, data, inputs);
    }
    const weights = options.weights ?? adapted?.weights;
    const given = optimizer && innerOptimizerOf(optimizer);
    const learningRate = options.learningRate ?? given?.learningRate;
    const task = {
      ...rest,
      ...(earlyStopping && { earlyStopping }),
      student: model,
      training: data.training,
      validation: data.validation,
      ...resolved,
      ...(weights && { weights }),
      ...(given && { optimizer: given.optimizer }),
      ...(learningRate !== undefined && { learningRate }),
    };
    return {
      task,
      listeners: listenersOf(listOf(callbacks), isLayersModel(student) ? student : undefined),
      assign: adapted?.assign,
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** The inputs of a student in their order: one, unless it is a `tf.LayersModel` of several. */
function inputsOf(student: LayersModel | Model, shapes: InputShapes): StudentInput[] {
  if (!isLayersModel(student) || shapes.length === 1) return [{ name: 'x', shape: shapes[0]! }];
  return shapes.map((shape, i) => ({ name: student.inputNames[i] as string, shape }));
}
