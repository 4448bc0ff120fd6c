import type { Dataset, Normalization, TeacherLogits } from '@metadistill/datasets';
import { classificationMetrics, type Metrics, teacherMetrics } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import { miniBatches, predictLogits } from '@metadistill/trainer';

/** Small enough that the widest images between layers stay in the cache. */
const evaluationBatchSize = 125;

export interface ScoreStudentOptions {
  readonly student: Model;
  /** Of a student whose training diverged, undefined: it counts as one whose logits are all 0. */
  readonly weights: Weights | undefined;
  readonly dataset: Dataset;
  readonly normalization?: Normalization | undefined;
  readonly teacherLogits?: TeacherLogits;
}

/** A student's metrics on a data set, and KL(teacher ‖ student) at temperature 1 if a teacher has answered there. */
export async function scoreStudent(
  options: ScoreStudentOptions,
): Promise<Metrics & { readonly teacherKL?: number }> {
  const { student, dataset, teacherLogits } = options;
  const { classes } = student;
  const logits = await finiteLogits(options);
  return {
    ...classificationMetrics({ logits, labels: dataset.labels, classes }),
    ...(teacherLogits &&
      teacherMetrics({ studentLogits: logits, teacherLogits: teacherLogits.values, classes })),
  };
}

async function finiteLogits({
  student,
  weights,
  dataset,
  normalization,
}: ScoreStudentOptions): Promise<Float32Array> {
  const nothing = new Float32Array(dataset.labels.length * student.classes);
  if (!weights) return nothing;
  const batches = miniBatches({
    dataset,
    batchSize: evaluationBatchSize,
    ...(normalization && { normalization }),
  });
  const logits = await predictLogits(student, weights, batches);
  return logits.every(Number.isFinite) ? logits : nothing;
}
