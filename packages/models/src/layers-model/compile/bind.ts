import { fill, type Tensor, zeros } from '@tensorflow/tfjs-core';
import {
  type DerivableLayer,
  type DerivableMergingLayer,
  severalInputs,
} from '../../layers/containers/several-inputs.js';
import { scoped } from '../../scoped.js';
import type { MergedCotangents, TensorSpec, Tensors, Weights } from '../../types.js';

/** What a layer's parameter is to the model: trained, frozen, or a constant for all of its values. */
export type Role = 'parameter' | 'statistic' | number;

/**
 * A layer some of whose parameters are not trained: those that are frozen come before its statistics, and constants are
 * made when needed. They take part in its passes and get no cotangent.
 */
export function bind(
  layer: DerivableLayer | DerivableMergingLayer,
  roles: readonly Role[],
): DerivableLayer | DerivableMergingLayer {
  if (roles.every((role) => role === 'parameter')) return layer;
  const inner = severalInputs(layer);
  const { jvp, secondOrder } = inner;
  const pick = <Value>(values: readonly Value[], wanted: Role): Value[] =>
    values.filter((_, k) => roles[k] === wanted);
  const frozen = pick(inner.parameters, 'statistic').length;
  /** The layer's own weights, and its parameters' tangents, out of the model's. */
  const assemble = (of: (k: number, role: Role, next: () => Tensor) => Tensor, tensors: Tensors): Tensors => {
    let used = 0;
    return roles.map((role, k) => of(k, role, () => tensors[used++] as Tensor));
  };
  const shapeOf = (k: number) => [...(inner.parameters[k] as TensorSpec).shape];
  const inside = ({ parameters, statistics }: Weights): Weights => {
    let held = 0;
    return {
      parameters: assemble(
        (k, role, next) =>
          role === 'parameter'
            ? next()
            : role === 'statistic'
              ? (statistics[held++] as Tensor)
              : fill(shapeOf(k), role),
        parameters,
      ),
      statistics: statistics.slice(frozen),
    };
  };
  const tangentsInside = (tangents: Tensors): Tensors =>
    assemble((k, role, next) => (role === 'parameter' ? next() : zeros(shapeOf(k))), tangents);
  const trained = ({ parameters, inputs }: MergedCotangents): MergedCotangents => ({
    parameters: pick(parameters, 'parameter'),
    inputs,
  });
  const bound: DerivableMergingLayer = {
    ...inner,
    parameters: pick(inner.parameters, 'parameter'),
    statistics: [...pick(inner.parameters, 'statistic'), ...inner.statistics],

    initialize(uniform) {
      const { parameters, statistics } = inner.initialize(uniform);
      return {
        parameters: pick(parameters, 'parameter'),
        statistics: [...pick(parameters, 'statistic'), ...statistics],
      };
    },

    forward: (weights, inputs, mode) =>
      scoped(() => {
        const pass = inner.forward(inside(weights), inputs, mode);
        const held = weights.statistics.slice(0, frozen);
        return { ...pass, statistics: [...held, ...pass.statistics] };
      }),

    vjp: (weights, cache, cotangent, wantInputs) =>
      scoped(() => trained(inner.vjp(inside(weights), cache, cotangent, wantInputs))),

    ...(jvp && {
      jvp: (weights, cache, parameterTangents, inputTangents) =>
        scoped(() => jvp(inside(weights), cache, tangentsInside(parameterTangents), inputTangents)),
    }),

    ...(secondOrder && {
      secondOrder(weights, cache, cotangent, wantInputs) {
        const pass = secondOrder(inside(weights), cache, cotangent, wantInputs);
        return {
          ...trained(pass),
          along(parameterTangents, inputTangents) {
            const moved = pass.along(tangentsInside(parameterTangents), inputTangents);
            return {
              output: moved.output,
              pullBack: (cotangentTangent) => scoped(() => trained(moved.pullBack(cotangentTangent))),
            };
          },
        };
      },
    }),
  };
  return bound;
}
