import { expect, test } from 'vitest';
import { classificationMetrics, teacherMetrics } from './metrics.js';

// Probabilities 3/4 and 1/4; 1/4 and 3/4; 1/2 and 1/2.
const logits = [Math.log(3), 0, 0, Math.log(3), 1, 1];
const labels = [0, 0, 1];

test('accuracy, likelihood and Brier score by hand', () => {
  const metrics = classificationMetrics({ logits, labels, classes: 2 });
  // The tie goes to class 0, which is wrong.
  expect(metrics.accuracy).toBeCloseTo(1 / 3, 12);
  expect(metrics.negativeLogLikelihood).toBeCloseTo(
    -(Math.log(0.75) + Math.log(0.25) + Math.log(0.5)) / 3,
    12,
  );
  // 2/16, 2·9/16 and 2/4 of squared distance.
  expect(metrics.brierScore).toBeCloseTo((2 / 16 + 18 / 16 + 0.5) / 3, 12);
});

test('calibration error compares accuracy and confidence bin by bin', () => {
  // Confidence 3/4 twice with one right, 1/2 once with none: |1 − 1.5|/3 + |0 − 0.5|/3.
  expect(classificationMetrics({ logits, labels, classes: 2 }).expectedCalibrationError).toBeCloseTo(
    1 / 3,
    12,
  );
  // In one bin: |1 − 2|/3.
  expect(classificationMetrics({ logits, labels, classes: 2, bins: 1 }).expectedCalibrationError).toBeCloseTo(
    1 / 3,
    12,
  );
  const sure = classificationMetrics({ logits: [100, 0, 0, 100], labels: [0, 1], classes: 2 });
  expect(sure.expectedCalibrationError).toBeCloseTo(0, 12);
});

test('top-k accuracy counts labels among the k largest', () => {
  const three = [3, 2, 1, 3, 2, 1, 3, 2, 1];
  const at = (topK: number) =>
    classificationMetrics({ logits: three, labels: [0, 1, 2], classes: 3, topK }).topKAccuracy;
  expect([1, 2, 3].map(at)).toEqual([1 / 3, 2 / 3, 1]);
});

test('entropy of equal logits is log(classes)', () => {
  expect(classificationMetrics({ logits: [5, 5, 5, 5], labels: [0], classes: 4 }).entropy).toBeCloseTo(
    Math.log(4),
    12,
  );
});

test('agreement and divergence from the teacher by hand, and none from oneself', () => {
  const teacher = [1, 1, 0, 0, 0, 5];
  expect(
    teacherMetrics({ studentLogits: logits, teacherLogits: teacher, classes: 2 }).teacherAgreement,
  ).toBeCloseTo(1 / 3, 12);
  expect(teacherMetrics({ studentLogits: logits, teacherLogits: logits, classes: 2 })).toEqual({
    teacherAgreement: 1,
    teacherKL: 0,
  });
  // KL((1/2, 1/2) ‖ (3/4, 1/4)) = ½ log(2/3) + ½ log 2
  const kl = 0.5 * Math.log(2 / 3) + 0.5 * Math.log(2);
  expect(
    teacherMetrics({ studentLogits: [Math.log(3), 0], teacherLogits: [1, 1], classes: 2 }).teacherKL,
  ).toBeCloseTo(kl, 12);
});

test('logits of ten thousand stay finite', () => {
  const metrics = classificationMetrics({ logits: [1e4, -1e4], labels: [1], classes: 2 });
  expect(metrics.negativeLogLikelihood).toBe(2e4);
  expect(
    teacherMetrics({ studentLogits: [1e4, -1e4], teacherLogits: [-1e4, 1e4], classes: 2 }).teacherKL,
  ).toBe(2e4);
});

test('refuses lengths that do not match, empty data, bad labels and infinite logits', () => {
  expect(() => classificationMetrics({ logits: [1, 2, 3], labels: [0], classes: 2 })).toThrow(
    'logits has 3 values; expected 1 examples of 2',
  );
  expect(() => classificationMetrics({ logits: [], labels: [], classes: 2 })).toThrow('at least one');
  expect(() => classificationMetrics({ logits: [1, 2], labels: [2], classes: 2 })).toThrow('labels[0] is 2');
  expect(() => classificationMetrics({ logits: [1, Infinity], labels: [1], classes: 2 })).toThrow(
    'logits[0][1] is Infinity',
  );
  expect(() => classificationMetrics({ logits: [1, 2], labels: [1], classes: 2, bins: 0 })).toThrow(
    'bins is 0',
  );
  expect(() => teacherMetrics({ studentLogits: [1, 2], teacherLogits: [1, 2, 3, 4], classes: 2 })).toThrow(
    'studentLogits has 2 values; expected 2 examples',
  );
});

test('a class that the teacher masks adds nothing to the divergence', () => {
  const student = [1, 0, 2];
  const hidden = Number.NEGATIVE_INFINITY;
  const masked = teacherMetrics({ studentLogits: student, teacherLogits: [3, hidden, 1], classes: 3 });
  const far = teacherMetrics({ studentLogits: student, teacherLogits: [3, -1e6, 1], classes: 3 });
  expect(masked).toEqual(far);
});
