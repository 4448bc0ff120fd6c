import type { LayersModel } from '@metadistill/models';

/** Variables that a run trains now. */
const trained = new WeakSet<object>();

/**
 * Keeps the trainable weights of a student for one run, until the function that it returns is called: two runs would overwrite
 * what each other learns, as would `fit`.
 *
 * @throws Error if another run has one of them.
 */
export function claimStudent(student: LayersModel): () => void {
  const variables = student.trainableWeights.map((weight) => weight.read());
  const rival = variables.some((variable) => trained.has(variable))
    ? 'another run of distil'
    : fitOf(student);
  if (rival !== undefined) {
    throw new Error(
      `distil: student is ${student.name}, which ${rival} trains, or a model that shares layers with it; expected one run at a time, ` +
        'as each would overwrite what the other learns. Await that run first, or end it: by its return(), or a signal.',
    );
  }
  for (const variable of variables) trained.add(variable);
  return () => {
    for (const variable of variables) trained.delete(variable);
  };
}

/** A sequential model is trained by the model within it. */
function fitOf(student: LayersModel): string | undefined {
  const { isTraining, model } = student as {
    readonly isTraining?: boolean;
    readonly model?: { readonly isTraining?: boolean };
  };
  return isTraining || model?.isTraining ? 'fit()' : undefined;
}
