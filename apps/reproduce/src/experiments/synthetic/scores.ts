import { classificationMetrics, teacherMetrics } from '@metadistill/losses';
import type { Model, Weights } from '@metadistill/models';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Scores } from '../training/measured-training.js';
import type { SyntheticSets } from './data.js';

/** Scores of a student; the test loss is at temperature 1, the validation loss at the one given. */
export async function scoresOf(
  model: Model,
  weights: Weights,
  { test: testSet, validation: validationSet }: SyntheticSets,
  validationTemperature: number,
): Promise<Scores> {
  const { classes } = model;
  const logitsOf = async (inputs: Tensor2D): Promise<Float32Array> => {
    const logits = model.predict(weights, inputs);
    const values = await logits.data<'float32'>();
    logits.dispose();
    return values;
  };
  const test = classificationMetrics({
    logits: await logitsOf(testSet.inputs as Tensor2D),
    labels: await testSet.labels.data(),
    classes,
  });
  const validationLogits = await logitsOf(validationSet.inputs as Tensor2D);
  const validation = classificationMetrics({
    logits: Float64Array.from(validationLogits, (logit) => logit / validationTemperature),
    labels: await validationSet.labels.data(),
    classes,
  });
  const teacher = teacherMetrics({
    studentLogits: validationLogits,
    teacherLogits: await validationSet.teacherLogits.data(),
    classes,
  });
  return {
    testAccuracy: test.accuracy,
    testLoss: test.negativeLogLikelihood,
    testExpectedCalibrationError: test.expectedCalibrationError,
    testBrierScore: test.brierScore,
    validationAccuracy: validation.accuracy,
    validationLoss: validation.negativeLogLikelihood,
    validationTeacherAgreement: teacher.teacherAgreement,
    validationTeacherKL: teacher.teacherKL,
  };
}
