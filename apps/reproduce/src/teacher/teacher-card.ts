import { type Dataset, fingerprint, type TeacherLogits } from '@metadistill/datasets';
import { z } from 'zod';
import { readRegularFile } from '../logs/read-regular-file.js';

const card = z.object({
  schema: z.literal(1),
  dataset: z.string(),
  model: z.string(),
  /** What the logits depend on, and the logits themselves. */
  fingerprints: z.object({ data: z.string(), weights: z.string(), logits: z.string() }),
  testAccuracy: z.number(),
  testLoss: z.number(),
  trainingAccuracy: z.number(),
  settings: z.record(z.string(), z.union([z.number(), z.boolean()])),
  backend: z.string(),
  versions: z.record(z.string(), z.string()),
});

/** What is known of a teacher, in a file beside its logits: `teacher.npy` has `teacher.json`. */
export type TeacherCard = z.infer<typeof card>;

/** The fingerprint of a data set: its examples, their order, and their labels. */
export const dataFingerprint = ({ examples, exampleShape, labels, classes }: Dataset): Promise<string> =>
  fingerprint({ examples, exampleShape: exampleShape.join(), labels, classes });

export const logitsFingerprint = ({ values, classes }: TeacherLogits): Promise<string> =>
  fingerprint({ values, classes });

/** Where the card of some logits or weights is. */
export const cardPath = (path: string): string => path.replace(/(\.npy|\.safetensors)?$/, '.json');

/**
 * Checks that a teacher's logits are those of its card, and were computed on this data. Logits without a card, as the
 * authors' are, pass.
 *
 * @param images loads the data; called if there is a card.
 * @throws Error if the card is malformed, or a fingerprint is another one.
 */
export async function checkTeacherCard(
  path: string,
  logits: TeacherLogits,
  images: () => Dataset | Promise<Dataset>,
): Promise<void> {
  const file = cardPath(path);
  const card = readTeacherCard(file);
  if (!card) return;
  const { fingerprints } = card;
  const data = await images();
  expectFingerprint(
    file,
    'the data',
    fingerprints.data,
    await dataFingerprint(data),
    `The logits were computed on other images, or in another order, than ${data.name} here: train a teacher again.`,
  );
  expectFingerprint(file, 'the logits', fingerprints.logits, await logitsFingerprint(logits), notOf(path));
}

/** Checks that a teacher's weights are those of its card, if there is one. @throws Error as `checkTeacherCard`. */
export async function checkWeightsCard(path: string, weights: Uint8Array): Promise<void> {
  const file = cardPath(path);
  const card = readTeacherCard(file);
  if (!card) return;
  const { fingerprints } = card;
  expectFingerprint(file, 'the weights', fingerprints.weights, await fingerprint({ weights }), notOf(path));
}

const notOf = (path: string): string =>
  `The card is not of ${path}: take both files of one teacher, or delete the card to go without this check.`;

function expectFingerprint(file: string, what: string, got: string, expected: string, remedy: string): void {
  if (got === expected) return;
  throw new Error(`${file}: the fingerprint of ${what} is ${got}; expected ${expected}. ${remedy}`);
}

/** Far more than a card has. */
const maxCardBytes = 1_000_000;

function readTeacherCard(file: string): TeacherCard | undefined {
  try {
    const text = readRegularFile(file, maxCardBytes)?.toString('utf8');
    return text === undefined ? undefined : card.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new Error(
      `${file} is not the card of a teacher: ${reason}. Train the teacher again, or delete the card to go without it.`,
      { cause },
    );
  }
}
