import type { Application } from '../read-applications.js';
import type { LayersModelLayer } from '../types.js';

/** What says where masks come from and go to, of layers of tfjs-layers. */
interface MaskingLayer extends LayersModelLayer {
  readonly supportsMasking?: boolean;
  readonly returnSequences?: boolean;
}

/**
 * The applications that have to run together because a mask passes between them: from the layer that makes it to the last
 * one that is run by TensorFlow.js and may read it, with all that is on the way. Empty if no mask is read.
 *
 * What is compiled reads none, as the same layers of tfjs-layers.
 */
export function maskedRegion(
  applications: readonly Application[],
  isForeign: readonly boolean[],
): ReadonlySet<number> {
  const isMade = applications.map(makesMask);
  const isMasked: boolean[] = [];
  const followsMaker: boolean[] = [];
  const reads: boolean[] = [];
  applications.forEach(({ layer, from }, i) => {
    const { supportsMasking, returnSequences } = layer as MaskingLayer;
    const arrives = from.some((source) => isMasked[source]);
    reads.push(arrives && isForeign[i] === true);
    isMasked.push(isMade[i]! || (arrives && supportsMasking === true && returnSequences !== false));
    followsMaker.push(isMade[i]! || from.some((source) => followsMaker[source]));
  });
  const leadsToReader = [...reads];
  for (let i = applications.length - 1; i >= 0; i--) {
    if (leadsToReader[i]) for (const source of applications[i]!.from) leadsToReader[source] = true;
  }
  const region = applications.flatMap((_, i) => (followsMaker[i] && leadsToReader[i] ? [i] : []));
  // A node has one output; if several are read from outside, everything runs together.
  const outputs = region.filter(
    (i) =>
      i === applications.length - 1 ||
      applications.some(({ from }, k) => from.includes(i) && !region.includes(k)),
  );
  return new Set(outputs.length > 1 ? applications.keys() : region);
}

function makesMask({ layer }: Application): boolean {
  const { maskZero } = layer.getConfig() as { maskZero?: boolean };
  return layer.getClassName() === 'Masking' || maskZero === true;
}
