/** Passes through a model. */
export interface Passes {
  readonly forwards: number;
  readonly backwards: number;
  readonly jvps: number;
}

interface Rules {
  forward(...inputs: never[]): unknown;
  vjp(...inputs: never[]): unknown;
  jvp?(...inputs: never[]): unknown;
  secondOrder?(...inputs: never[]): unknown;
}

/** What a second-order rule returns, as far as it is counted. */
interface SecondOrderRules {
  along(...inputs: never[]): { readonly pullBack: (...inputs: never[]) => unknown };
}

/**
 * A model that counts how often each of its rules is called; `passes` reads the count. A second-order rule is a backward
 * pass, each direction along it a forward-mode pass, and the way back two backward passes.
 */
export function countingModel<Model extends Rules>(
  model: Model,
): { readonly model: Model; passes(): Passes } {
  const passes = { forwards: 0, backwards: 0, jvps: 0 };
  const counted =
    <Inputs extends never[], Output>(rule: (...inputs: Inputs) => Output, of: keyof Passes, times = 1) =>
    (...inputs: Inputs): Output => {
      passes[of] += times;
      return rule(...inputs);
    };
  const secondOrder = (...inputs: never[]) => {
    const pass = model.secondOrder?.(...inputs) as SecondOrderRules;
    const along = (...directions: never[]) => {
      const tangent = pass.along(...directions);
      return { ...tangent, pullBack: counted(tangent.pullBack, 'backwards', 2) };
    };
    return { ...pass, along: counted(along, 'jvps') };
  };
  return {
    model: {
      ...model,
      forward: counted(model.forward, 'forwards'),
      vjp: counted(model.vjp, 'backwards'),
      ...(model.jvp && { jvp: counted(model.jvp, 'jvps') }),
      ...(model.secondOrder && { secondOrder: counted(secondOrder, 'backwards') }),
    },
    passes: () => ({ ...passes }),
  };
}
