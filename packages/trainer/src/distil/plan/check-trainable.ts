import type { Model, Weights } from '@metadistill/models';

/**
 * Refuses a student that cannot be trained, or weights that are not its own, before any data is read.
 *
 * @throws Error, RangeError that names the option.
 */
export function checkTrainable(student: Model, weights: Weights | undefined): void {
  if (student.classes < 2) {
    throw new RangeError(
      `distil: student has ${student.classes} class; expected 2 or more. Give it an output for each class, or for yes and no one ` +
        "unit that ends with a sigmoid: activation: 'sigmoid'.",
    );
  }
  if (student.untrainable !== undefined) {
    throw new Error(`distil: student cannot be trained: ${student.untrainable}`);
  }
  if (!weights) return;
  for (const list of ['parameters', 'statistics'] as const) {
    const [tensors, specs] = [weights[list], student[list]];
    if (tensors.length !== specs.length) {
      throw new RangeError(
        `distil: weights.${list} has ${tensors.length} tensors; expected ${specs.length}, those of ${student.name}. Are they of ` +
          'another model?',
      );
    }
    for (const [i, { isDisposed, shape }] of tensors.entries()) {
      const { name, shape: expected } = specs[i]!;
      if (isDisposed) {
        throw new RangeError(
          `distil: weights.${list}[${i}] is disposed of; expected a live tensor. Keep a copy by cloneWeights().`,
        );
      }
      if (String(shape) === String(expected)) continue;
      throw new RangeError(
        `distil: weights.${list}[${i}] has shape [${shape.join(', ')}]; expected [${expected.join(', ')}] for ${name} of ` +
          `${student.name}. Are they of another model?`,
      );
    }
  }
}
