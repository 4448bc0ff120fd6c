const mix = 'Pass metaparameters: { distillationFraction: 0.9, temperature: 10 }, or one of the two.';

const weights =
  'Weights of classes and examples are tuned on the validation set: pass trainingLoss: weightedExamples({ ... }) of ' +
  '@metadistill/losses, and a controller.';

/** Options of `fit`, and of the Distiller of the Keras examples, that are called otherwise here: what to do in their place. */
const remedies: ReadonlyMap<string, string> = new Map([
  ['temperature', mix],
  ['distillationFraction', mix],
  ['alpha', `${mix} The fraction is 1 − alpha of the Keras example.`],
  ['classWeight', weights],
  ['sampleWeight', weights],
  ['lr', 'Pass learningRate: 0.001.'],
  ['verbose', 'To see how far a run is, pass callbacks: progressBar() of @metadistill/trainer/node.'],
  ['shuffle', 'Examples are always shuffled, by seed: leave it out.'],
  ['loss', 'Leave it out, or pass trainingLoss, a loss of @metadistill/losses.'],
]);

/**
 * Refuses an option that is common elsewhere by what stands for it here, in place of a list of all names.
 *
 * @throws TypeError that names the first.
 */
export function refuseForeignNames(options: object): void {
  const name = Object.keys(options).find((key) => remedies.has(key));
  if (name !== undefined) throw new TypeError(`distil: unknown option '${name}'. ${remedies.get(name)}`);
}
