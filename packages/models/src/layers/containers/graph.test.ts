import { torchRandom } from '@metadistill/datasets';
import { relativeError } from '@metadistill/testing';
import { ones, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { scatteredTensor } from '../../../test/values.js';
import type { Layer, MergingLayer } from '../../types.js';
import { relu } from '../activations/relu.js';
import { dense } from '../dense/dense.js';
import { add } from '../merging/add.js';
import { concatenate } from '../merging/concatenate.js';
import { addition } from './addition.js';
import { type GraphNode, graph } from './graph.js';
import { identity } from './identity.js';
import { sequential } from './sequential.js';

const numbers = (tensors: readonly Tensor[]) => tensors.flatMap((each) => Array.from(each.dataSync()));
const fc = (name: string, outputs = 3): Layer => dense({ name, inputs: 3, outputs });

test('a residual graph gives what addition and sequential give', () => {
  const residual = graph({
    name: 'net',
    nodes: [
      { layer: fc('a'), from: ['input'] },
      { layer: relu(), from: ['a'] },
      { layer: fc('b'), from: ['relu'] },
      { layer: add(), from: ['b', 'a'] },
    ],
  });
  const inner = sequential({ name: 'inner', layers: [relu(), fc('b')] });
  const nested = sequential({
    name: 'net',
    layers: [fc('a'), addition({ branches: [inner, identity()] })],
  });
  expect(residual.parameters.map(({ name }) => name)).toEqual(['a.weight', 'a.bias', 'b.weight', 'b.bias']);
  expect(residual.outputShape([3])).toEqual([3]);
  tidy(() => {
    const weights = residual.initialize(torchRandom(1).uniform);
    const [x, u] = [scatteredTensor([4, 3], 1), scatteredTensor([4, 3], 2)];
    const [got, expected] = [residual, nested].map((layer) => {
      const pass = layer.forward(weights, x, 'training');
      return numbers([pass.output, ...layer.vjp(weights, pass.cache as never, u, false).parameters]);
    });
    // Sums of the same terms, in another order.
    expect(relativeError(got!, expected!)).toBeLessThan(1e-6);
  });
});

test('cotangents are made only where they lead to parameters, or to an input that wants one', () => {
  const [before, after] = [relu({ name: 'before' }), relu({ name: 'after' })];
  const spies = [before, after].map((layer) => vi.spyOn(layer, 'vjp'));
  const net = graph({
    nodes: [
      { layer: before, from: ['input'] },
      { layer: fc('a'), from: ['before'] },
      { layer: after, from: ['a'] },
      { layer: concatenate(), from: ['after', 'before'] },
    ],
  });
  expect(net.outputShape([3])).toEqual([6]);
  tidy(() => {
    const weights = net.initialize(torchRandom(1).uniform);
    const { cache } = net.forward(weights, ones([2, 3]), 'training');
    net.vjp(weights, cache, ones([2, 6]), false);
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([0, 1]);
    net.vjp(weights, cache, ones([2, 6]), true);
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual([1, 2]);
  });
});

describe('a graph that is none is refused', () => {
  const node = (layer: Layer | MergingLayer, ...from: string[]): GraphNode => ({ layer, from });
  test.each([
    [[], 'net: nodes is []; expected at least one.'],
    [[node(fc('a'), 'b')], "from of node a has 'b'; expected names among input."],
    [[node(fc('a'), 'input'), node(fc('b'), 'a', 'input')], "['a', 'input']; expected one name. Merge with"],
    [[node(add())], 'net: from of node add is []; expected at least one name.'],
    [[node(relu(), 'input'), node(relu(), 'relu')], "nodes[1] is called 'relu', as another node is"],
    [[node(relu({ name: 'input' }), 'input')], "nodes[0] is called 'input', as the graph's input is"],
    [[node(fc('a'), 'input'), node(relu(), 'input')], 'node a is read by none and is not the last'],
    [[node(relu as never, 'input')], 'net: nodes[0].layer is function relu; expected a layer.'],
    [[add() as never], 'graph: nodes[0] is { name, parameters'],
  ])('%#', (nodes, message) => {
    expect(() => graph({ name: 'net', nodes })).toThrow(message);
  });

  test('shapes that do not fit, by the name of the graph', () => {
    const merged = (...from: string[]) =>
      graph({ name: 'net', nodes: [node(fc('a', 2), 'input'), node(add(), ...from)] });
    expect(() => merged('a', 'input').outputShape([3])).toThrow(
      'net > add: inputs have shapes [batch, 2] and [batch, 3]; expected equal shapes',
    );
    expect(() => merged('a').outputShape([3])).toThrow('net > add: it has 1 input; expected at least 2.');
    expect(() => merged('a', 'input').outputShape([4])).toThrow('net > a: input has shape [batch, 4]');
    expect(() => sequential({ layers: [add() as never] })).toThrow('expected a layer');
  });
});
