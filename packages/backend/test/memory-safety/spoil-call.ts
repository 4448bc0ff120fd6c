import type { Draw } from './draw.js';
import type { CallPlan, Operand } from './kernel-calls.js';

/** What no attribute should be, each taken for one somewhere. */
const oddities: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  ...[0, -1, -7, 1.5, 1e6, 2 ** 28, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e300],
  ...['', '2', 'same', 'full', 'constructor', 'NCHW'],
  ...[null, undefined, true, {}, 3n],
  ...[[], [1], [0, 0], [2 ** 28, 1], [1, 2 ** 31], ['2', '2'], [1.5, 1], [1, 1, 1], [1, 2, 3, 4, 5]],
  [
    [0, 0],
    [1e6, 1e6],
    [0, 0],
    [0, 0],
  ],
  [
    [0, 0],
    [-3, 5],
    [2, -1],
    [0, 0],
  ],
];

/** A call with some of its attributes, shapes and dtypes replaced by others, or by what none may be. */
export function spoilCall(draw: Draw, { inputs, attributes }: CallPlan): CallPlan {
  const rate = draw.oneOf([0.15, 0.4]);
  const spoiltAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, draw.chance(rate) ? spoil(draw, value) : value]),
  );
  const operand = (given: Operand) => (draw.chance(rate / 2) ? spoilOperand(draw, given) : given);
  const spoiltInputs = Array.isArray(inputs)
    ? inputs.map(operand).slice(draw.chance(0.1) ? 1 : 0)
    : Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, operand(given)]));
  return { inputs: spoiltInputs, attributes: spoiltAttributes };
}

function spoil(draw: Draw, value: unknown): unknown {
  if (!Array.isArray(value) || draw.chance(0.3)) return draw.oneOf(oddities);
  const list = [...value];
  const at = draw.whole(0, list.length);
  if (draw.chance(0.2)) list.splice(at, 1);
  else if (draw.chance(0.25)) list.splice(at, 0, draw.whole(0, 3));
  else list[Math.min(at, list.length - 1)] = draw.chance(0.5) ? draw.oneOf(oddities) : draw.whole(0, 9);
  return list;
}

function spoilOperand(draw: Draw, { shape, dtype }: Operand): Operand {
  const spoilt = [...shape];
  const at = draw.whole(0, spoilt.length);
  const kind = draw.whole(0, 3);
  if (kind === 0) spoilt.splice(at, 1);
  else if (kind === 1) spoilt.splice(at, 0, draw.whole(0, 3));
  else if (kind === 2 && spoilt.length > 0) spoilt[Math.min(at, spoilt.length - 1)] = draw.whole(0, 9);
  else return { shape, dtype: draw.oneOf(['float32', 'int32', 'bool']) };
  return dtype ? { shape: spoilt, dtype } : { shape: spoilt };
}
