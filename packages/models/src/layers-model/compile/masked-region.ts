import type { Application } from '../read-applications.js';

/**
 * The applications that have to run together because a mask passes between them: in a chain of layers, from the one that
 * makes the mask to the last that may read it. Empty if no mask is read.
 *
 * Undefined if masks pass through branches or models within the model. There tfjs-layers hands a mask to whichever layers it
 * happens to run next, so that only its own run of the whole model gives its values.
 */
export function maskedRegion(
  applications: readonly Application[],
  isForeign: readonly boolean[],
): ReadonlySet<number> | undefined {
  const isMade = applications.map(makesMask);
  const reads = applications.map((each, i) => !isMade[i] && (isForeign[i] === true || isSoftmax(each)));
  const first = isMade.indexOf(true);
  const last = reads.lastIndexOf(true);
  if (first === -1 || last === -1) return new Set();
  const isChain = applications.every(
    ({ layer, path, from }, i) => path === layer.name && from.length === 1 && from[0] === i - 1,
  );
  if (!isChain) return undefined;
  return new Set(applications.map((_, i) => i).filter((i) => first <= i && i <= last));
}

function makesMask({ layer }: Application): boolean {
  const { maskZero } = layer.getConfig() as { maskZero?: boolean };
  return layer.getClassName() === 'Masking' || maskZero === true;
}

/** The layer, which leaves out what is masked; the activation reads no mask. */
const isSoftmax = ({ layer, squashing }: Application): boolean =>
  layer.getClassName() === 'Softmax' && squashing === undefined;
