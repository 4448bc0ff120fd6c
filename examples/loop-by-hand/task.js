import { syntheticData } from '@metadistill/datasets';

// A third of the training labels are wrong; the teacher's logits are right.
const sizes = { teacherTrain: 0, studentTrain: 300, validation: 300, test: 0 };
const { studentTrain: clean, validation } = syntheticData({ sizes, noise: 0 });
const training = { ...clean, labels: clean.labels.map((label, i) => (i % 3 ? label : 1 - label)) };
const values = Float32Array.from({ length: 600 }, (_, i) => (clean.labels[i >> 1] === i % 2 ? 2 : -2));
const teacherLogits = { values, examples: 300, classes: 2 };

export { teacherLogits, training, validation };
