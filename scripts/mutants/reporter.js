import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';

/**
 * A reporter of Stryker that draws the sample and writes down each result as it comes: Stryker does neither. It turns
 * the plans of all other mutants into ignored ones before the first is run.
 */
class SampleReporter {
  static inject = ['options'];

  constructor(options) {
    Object.assign(this, options.sample, { identities: new Map(), left: 0 });
  }

  onMutationTestingPlanReady({ mutantPlans }) {
    const valid = mutantPlans.filter(({ mutant }) => mutant.status === undefined);
    const ranked = identify(valid.map(({ mutant }) => mutant)).map((identity, at) => ({
      identity,
      plan: valid[at],
      rank: hash(`${this.seed} ${identity.name}`),
    }));
    ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const drawn = ranked.slice(0, this.size);
    for (const { plan } of ranked.slice(this.size)) ignore(plan);
    for (const { plan, identity } of drawn) {
      this.identities.set(plan.mutant.id, identity);
      if (this.isKnown(identity)) ignore(plan);
      else this.left++;
    }
    this.write({ total: ranked.length, drawn: drawn.map(({ identity }) => identity.name) });
    console.log(`${ranked.length} mutants, ${drawn.length} drawn, ${this.left} to run`);
  }

  onMutantTested({ id, status, location, mutatorName }) {
    const identity = this.identities.get(id);
    if (status === 'Ignored' || identity === undefined) return;
    this.write({ ...identity, version: this.version, status, line: location.start.line, mutatorName });
    this.left--;
    if (status !== 'Killed') console.log(`${status}: ${identity.name}`);
    else if (this.left % 20 === 0) console.log(`${this.left} left`);
  }

  isKnown({ name, source }) {
    const before = this.results.get(name);
    if (before === undefined) return false;
    return before.version === this.version || (before.status === 'Killed' && before.source === source);
  }

  write(line) {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

function ignore(plan) {
  plan.plan = 'EarlyResult';
  plan.mutant.status = 'Ignored';
}

/**
 * Names a mutant by its text and not by its place, so that the same ones are drawn and known after an edit elsewhere in
 * the file: `file: original → replacement`, counted when a file has it several times.
 */
function identify(mutants) {
  const sources = new Map();
  const seen = new Map();
  return mutants.map(({ fileName, location, replacement }) => {
    if (!sources.has(fileName)) sources.set(fileName, readFileSync(fileName, 'utf8'));
    const source = sources.get(fileName);
    const original = textAt(source, location);
    const file = fileName.slice(process.cwd().length + 1);
    const text = `${file}: ${original} → ${replacement}`.replaceAll(/\s+/g, ' ');
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return { name: count === 1 ? text : `${text} (${count})`, source: hash(source) };
  });
}

function textAt(source, { start, end }) {
  const lines = source.split('\n').slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  return lines.join('\n');
}

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

export const strykerPlugins = [{ kind: 'Reporter', name: 'sample', injectableClass: SampleReporter }];
