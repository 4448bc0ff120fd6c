"""The paper's synthetic experiment in PyTorch, float32: the reference that the TypeScript one is tested against.

Written from the description of the published protocol, its random streams and its quirks included. See README.md.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SEED = 42
RUNS = 10
ITERATIONS = 2000
LOG_EVERY = 200
TEACHER_ITERATIONS = 20_000
TEACHER_RATE = 0.01  # read off the published teacher accuracies: 0.001 learns too slowly, 0.1 converges too far
INNER_RATE = 1.0
OUTER_RATE = 0.1
CLIP = 0.01
VALIDATION_TEMPERATURE = 0.1
BOX = ((0.0, 1.0), (0.1, 10.0))  # distillation fraction, temperature

TEACHER_FEATURES = [0, 1, 2]
STUDENT_FEATURES = [0, 1, 3]

# One call draws all its sweeps from one random stream, in this order; the second call starts the stream anew.
SWEEP_CALLS = [[(10, 2), (100, 2), (500, 2), (1000, 2)], [(10, 2), (10, 3), (10, 5), (10, 10)]]

AUTHORS_LOGS = {  # method -> (file, whether its lambda1 weighs the classification term)
    "none": ("synthetic_exp8_nodistil.jsonl", True),
    "naive": ("synthetic_exp8_distil.jsonl", True),
    "random": ("synthetic_exp8_random.jsonl", True),
    "gradient": ("synthetic_exp8_opt.jsonl", False),
    "trajectory-10x2": ("synthetic_exp8_splines_esize_10_period_2.jsonl", False),
    "hyperopt": ("synthetic_exp8_hyperopt.jsonl", False),
}


# Data and models


def draw_data():
    """Labels, and the columns x1, x2, [sign x1 + sign x2 > 0.1], sign(x1 x2), of 430 points."""
    np.random.seed(SEED)
    points = np.random.randn(430, 2)
    noise = np.random.randn(430) * 0.5
    product = points[:, 0] * points[:, 1]
    signs = np.sign(points).sum(axis=1)
    columns = np.column_stack([points, signs > 0.1, np.sign(product)])
    labels = (np.sign(product + noise) + 1) // 2
    return torch.tensor(columns, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)


def seed_both():
    np.random.seed(SEED)
    torch.manual_seed(SEED)


def new_classifier(features):
    layer = torch.nn.Linear(len(features), 2)
    return [layer.weight, layer.bias]


def logits_of(weights, inputs, features):
    return F.linear(inputs[:, features], *weights)


def accuracy(weights, inputs, labels, features):
    with torch.no_grad():
        correct = (logits_of(weights, inputs, features).argmax(1) == labels).sum().item()
    return correct / len(labels)


# Losses


def distillation(logits, teacher_logits, temperature):
    """KL(teacher || student) of the softened distributions, averaged over the batch; no factor T^2."""
    student = F.log_softmax(logits / temperature, dim=1)
    teacher = F.softmax(teacher_logits / temperature, dim=1)
    return F.kl_div(student, teacher, reduction="batchmean")


def step(weights, gradients, rate=INNER_RATE):
    with torch.no_grad():
        for weight, gradient in zip(weights, gradients):
            weight.add_(gradient, alpha=-rate)


def train_teacher(train, test):
    seed_both()
    weights = new_classifier(TEACHER_FEATURES)
    accuracies = []
    for iteration in range(TEACHER_ITERATIONS):
        loss = F.cross_entropy(logits_of(weights, train[0], TEACHER_FEATURES), train[1])
        step(weights, torch.autograd.grad(loss, weights), TEACHER_RATE)
        if iteration % 1000 == 0:
            accuracies.append(accuracy(weights, *test, TEACHER_FEATURES))
    return [weight.detach() for weight in weights], accuracies


# The baselines: fixed metaparameters


def baseline(experiment, method):
    """Runs of `none`, `naive` or `random`. Here the published weight multiplies the classification term."""
    seed_both()
    features = STUDENT_FEATURES if method == "none" else TEACHER_FEATURES
    return [baseline_run(experiment, method, features) for _ in range(RUNS)]


def baseline_run(experiment, method, features):
    (inputs, labels), test, teacher_logits = experiment
    classification_weight = torch.tensor(1.0 if method == "none" else 0.5)
    temperature = torch.tensor(1.0)
    if method == "random":
        classification_weight = torch.tensor(np.random.uniform(0.0, 1.0))
        temperature = 10 ** torch.tensor(np.random.uniform(-1.0, 1.0))
    weights = new_classifier(features)
    log = []
    for iteration in range(ITERATIONS):
        logits = logits_of(weights, inputs, features)
        loss = classification_weight * F.cross_entropy(logits, labels)
        loss = loss + (1 - classification_weight) * distillation(logits, teacher_logits, temperature)
        step(weights, torch.autograd.grad(loss, weights))
        if iteration % LOG_EVERY == 0:
            log.append(row(iteration, accuracy(weights, *test, features), 1 - classification_weight, temperature))
    return log


# Gradient optimization of the metaparameters, and its prediction


def training_loss(weights, metaparameters, inputs, labels, teacher_logits):
    """Here the published weight multiplies the distillation term."""
    fraction, temperature = metaparameters
    logits = logits_of(weights, inputs, STUDENT_FEATURES)
    soft = distillation(logits, teacher_logits, temperature)
    return fraction * soft + (1 - fraction) * F.cross_entropy(logits, labels)


def hypergradient(weights, metaparameters, experiment):
    """Finite difference of the mixed derivative around w along v, the validation gradient at w' = w - rate * gradient.

    The weights are moved to w + eps v, then to w - eps v, and back in place, so that they keep the rounding errors
    that the published procedure leaves in them.
    """
    (inputs, labels), (test_inputs, test_labels), teacher_logits = experiment
    train = (inputs, labels, teacher_logits)
    gradients = torch.autograd.grad(training_loss(weights, metaparameters, *train), weights)
    ahead = [(w.detach() - INNER_RATE * g).requires_grad_() for w, g in zip(weights, gradients)]
    validation_logits = logits_of(ahead, test_inputs, STUDENT_FEATURES) / VALIDATION_TEMPERATURE
    direction = torch.autograd.grad(F.cross_entropy(validation_logits, test_labels), ahead)
    epsilon = 0.01 / torch.cat([part.flatten() for part in direction]).norm()

    def shift(amount):
        with torch.no_grad():
            for weight, part in zip(weights, direction):
                weight += amount * part

    shift(epsilon)
    above = torch.autograd.grad(training_loss(weights, metaparameters, *train), metaparameters)
    shift(-2 * epsilon)
    below = torch.autograd.grad(training_loss(weights, metaparameters, *train), metaparameters)
    shift(epsilon)
    return [-INNER_RATE * (a - b) / (2 * epsilon) for a, b in zip(above, below)]


def gradient_update(metaparameters, gradients):
    """Clips by value, lets NaN move nothing, descends, and clamps to the box."""
    with torch.no_grad():
        for value, gradient, (low, high) in zip(metaparameters, gradients, BOX):
            clipped = torch.nan_to_num(gradient.clamp(-CLIP, CLIP), nan=0.0)
            value.add_(clipped, alpha=-OUTER_RATE)
            value.clamp_(low, high)


def optimized(experiment, sweeps):
    """Runs of every (e1, period) of one call, in its one random stream; None means gradients at every iteration."""
    seed_both()
    return [[optimized_run(experiment, sweep) for _ in range(RUNS)] for sweep in sweeps]


def optimized_run(experiment, sweep):
    (inputs, labels), test, teacher_logits = experiment
    fraction = np.random.uniform(0.0, 1.0)
    temperature = 10 ** np.random.uniform(-1.0, 1.0)
    metaparameters = [torch.tensor(value, dtype=torch.float32, requires_grad=True) for value in (fraction, temperature)]
    weights = new_classifier(STUDENT_FEATURES)
    log, history, lines = [], [], []
    for iteration in range(ITERATIONS):
        # Each cycle is e1 iterations of gradients, then (period - 1) e1 of predictions.
        place = iteration % (sweep[0] * sweep[1]) if sweep else 0
        if sweep is None or place < sweep[0]:
            gradient_update(metaparameters, hypergradient(weights, metaparameters, experiment))
            history = [*history, values(metaparameters)] if place else [values(metaparameters)]
        else:
            if place == sweep[0]:
                lines = [np.polyfit(range(sweep[0]), series, 1) for series in zip(*history)]
            with torch.no_grad():  # a prediction is not clamped
                for value, line in zip(metaparameters, lines):
                    value.fill_(np.polyval(line, place))
        loss = training_loss(weights, metaparameters, inputs, labels, teacher_logits)
        step(weights, torch.autograd.grad(loss, weights))
        if iteration % LOG_EVERY == 0:
            log.append(row(iteration, accuracy(weights, *test, STUDENT_FEATURES), *metaparameters))
    return log


def values(metaparameters):
    return [value.item() for value in metaparameters]


# Fixture


def row(iteration, test_accuracy, fraction, temperature):
    return [iteration, round(test_accuracy, 3), round(float(fraction), 6), round(float(temperature), 6)]


def authors_rows(folder, method):
    """The first ten runs of the authors' log of a method; the file of (10, 2) repeats them in its second ten."""
    name, weighs_classification = AUTHORS_LOGS[method]
    lines = (folder / name).read_text().splitlines()[:RUNS]
    return [
        [
            row(r["epoch"], r["accuracy"], 1 - r["lambda1"] if weighs_classification else r["lambda1"], r["temp"])
            for r in json.loads(line)["results"]
        ]
        for line in lines
    ]


def reference_runs(experiment):
    runs = {method: baseline(experiment, method) for method in ("none", "naive", "random")}
    runs["gradient"] = optimized(experiment, [None])[0]
    for sweeps in SWEEP_CALLS:
        for sweep, sweep_runs in zip(sweeps, optimized(experiment, sweeps)):
            runs.setdefault("trajectory-%dx%d" % sweep, sweep_runs)
    return runs


def compact(value, depth=0):
    """JSON with one run a line."""
    if isinstance(value, dict):
        inner = ",\n".join("%s: %s" % (json.dumps(key), compact(item, depth + 1)) for key, item in value.items())
        return "{\n%s\n}" % inner
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n%s\n]" % ",\n".join(json.dumps(item, separators=(",", ":")) for item in value)
    return json.dumps(value)


def describe(runs):
    finals = np.array([run[-1][1] for run in runs])
    return "%.4f+-%.4f" % (finals.mean(), finals.std())


def compare(reference, authors):
    for method, runs in reference.items():
        line = "%-20s %s" % (method, describe(runs))
        if method in authors:
            theirs = authors[method]
            starts = sum(ours[0] == run[0] for ours, run in zip(runs, theirs))
            finals = sum(ours[-1][1] == run[-1][1] for ours, run in zip(runs, theirs))
            line += "   authors %s; equal: %d initial states, %d final accuracies" % (describe(theirs), starts, finals)
        print(line)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--authors-logs", type=Path, required=True, help="folder of the authors' synthetic_exp8_*.jsonl")
    arguments.add_argument("--out", type=Path, default=Path(__file__).parent / "../src/fixtures/synthetic-reference.json")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    authors = {method: authors_rows(options.authors_logs, method) for method in AUTHORS_LOGS}
    columns, labels = draw_data()
    train, test = (columns[:200], labels[:200]), (columns[230:], labels[230:])
    teacher, teacher_accuracies = train_teacher(train, test)
    student_train = (columns[200:215], labels[200:215])
    experiment = (student_train, test, logits_of(teacher, student_train[0], TEACHER_FEATURES))
    reference = reference_runs(experiment)
    compare(reference, authors)
    options.out.write_text(compact({
        "columns": ["epoch", "accuracy", "distillationFraction", "temperature"],
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "teacher": {"accuracies": [round(value, 3) for value in teacher_accuracies],
                    "weight": teacher[0].tolist(), "bias": teacher[1].tolist()},
        "reference": reference,
        "authors": authors,
    }) + "\n")


if __name__ == "__main__":
    main()
