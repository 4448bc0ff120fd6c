"""Makes steps of training in PyTorch, one for each line of standard input: the peer of `reproduce bench`.

python3 bench.py --model cifar-very-tiny --batch 128 --threads 1

First it writes a JSON line with its name and the names of its steps, then what each step asked for took:
milliseconds, and the largest resident memory so far.
The hyper step is the one of the authors' image experiments, written from its description: a virtual step with plain
gradient descent in a copy of the net, the gradient of the validation loss there, a central difference of the gradient by
the metaparameters along it, an update clipped by value, and the real step with the new metaparameters.
"""

import argparse
import copy
import importlib.util
import json
import pathlib
import resource
import sys
import time

import torch
from torch.nn import functional as F

REFERENCE = pathlib.Path(__file__).resolve().parents[3] / "packages/models/reference/train-mode-reference.py"
SPEC = importlib.util.spec_from_file_location("reference", REFERENCE)
NETS = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(NETS)


class MobileNet(torch.nn.Module):
    """Depthwise separable blocks with batch norm and ReLU6: the net of apps/reproduce/src/bench/mobile-net.ts."""

    def __init__(self):
        super().__init__()
        layers = [*self.convolution(3, 16, 3)]
        inputs = 16
        for outputs, stride in ((32, 1), (64, 2), (64, 1), (128, 2), (128, 1)):
            layers += self.convolution(inputs, inputs, 3, stride, inputs) + self.convolution(inputs, outputs, 1)
            inputs = outputs
        self.body = torch.nn.Sequential(*layers)
        self.linear = torch.nn.Linear(inputs, 10)

    @staticmethod
    def convolution(inputs, outputs, kernel, stride=1, groups=1):
        convolution = torch.nn.Conv2d(
            inputs, outputs, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False
        )
        return [convolution, torch.nn.BatchNorm2d(outputs), torch.nn.ReLU6()]

    def forward(self, x):
        return self.linear(self.body(x).mean((2, 3)))


MODELS = {
    **{name: NETS.MODELS[name] for name in ("cifar-very-tiny", "fashion-mnist-net", "cifar-tiny")},
    "mobile-net": (lambda: MobileNet(), (32, 32, 3)),
    "resnet20": (lambda: NETS.ResNet(NETS.basic, 1, [3, 3, 3], 16, False), (32, 32, 3)),
    "resnet18": (lambda: NETS.ResNet(NETS.basic, 1, [2, 2, 2, 2], 64, False), (32, 32, 3)),
}
LEARNING_RATE = 0.01


def draw_batch(shape, batch):
    height, width, channels = shape
    images = torch.empty(batch, channels, height, width).uniform_(-2, 2)
    return images, torch.arange(batch) % 10, torch.empty(batch, 10).uniform_(-5, 5)


def training_loss(logits, labels, teacher_logits, metaparameters):
    """(1 - fraction) CE + fraction KL at a temperature, the mean over the batch."""
    fraction, temperature = metaparameters
    soft = F.kl_div(
        F.log_softmax(logits / temperature, 1), F.softmax(teacher_logits / temperature, 1), reduction="batchmean"
    )
    return fraction * soft + (1 - fraction) * F.cross_entropy(logits, labels)


class Trainer:
    def __init__(self, make, shape, batch):
        torch.manual_seed(1)
        self.net = make()
        self.virtual = copy.deepcopy(self.net)
        self.optimizer = torch.optim.SGD(self.net.parameters(), LEARNING_RATE)
        self.metaparameters = [torch.tensor(0.5, requires_grad=True), torch.tensor(3.0, requires_grad=True)]
        self.meta_optimizer = torch.optim.SGD(self.metaparameters, 0.1)
        self.training, self.validation = draw_batch(shape, batch), draw_batch(shape, batch)

    def loss(self):
        images, *targets = self.training
        return training_loss(self.net(images), *targets, self.metaparameters)

    def forward(self):
        with torch.no_grad():
            self.net(self.training[0])

    def plain_step(self):
        self.optimizer.zero_grad()
        images, labels, teacher_logits = self.training
        fixed = [value.detach() for value in self.metaparameters]
        loss = training_loss(self.net(images), labels, teacher_logits, fixed)
        loss.backward()
        self.optimizer.step()
        loss.item()

    def hyper_step_fd(self):
        parameters = list(self.net.parameters())
        gradient = torch.autograd.grad(self.loss(), parameters)
        with torch.no_grad():
            for virtual, parameter, slope in zip(self.virtual.parameters(), parameters, gradient):
                virtual.copy_(parameter - LEARNING_RATE * slope)
        images, labels, _ = self.validation
        validation_loss = F.cross_entropy(self.virtual(images), labels)
        direction = torch.autograd.grad(validation_loss, list(self.virtual.parameters()))
        epsilon = 0.01 / torch.cat([v.flatten() for v in direction]).norm()
        slopes = []
        for move in (epsilon, -2 * epsilon):
            with torch.no_grad():
                for parameter, v in zip(parameters, direction):
                    parameter += move * v
            slopes.append(torch.autograd.grad(self.loss(), self.metaparameters))
        with torch.no_grad():
            for parameter, v in zip(parameters, direction):
                parameter += epsilon * v
        for metaparameter, above, below in zip(self.metaparameters, *slopes):
            metaparameter.grad = -LEARNING_RATE * (above - below) / (2 * epsilon)
        torch.nn.utils.clip_grad_value_(self.metaparameters, 0.01)
        self.meta_optimizer.step()
        with torch.no_grad():
            self.metaparameters[0].clamp_(0, 1)
            self.metaparameters[1].clamp_(0.1, 10)
        validation_loss.item()
        self.plain_step()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    trainer = Trainer(*MODELS[options.model], options.batch)
    steps = {
        "forward": trainer.forward,
        "plain-step": trainer.plain_step,
        "hyper-step-fd": trainer.hyper_step_fd,
    }
    print(json.dumps({"name": f"torch-{torch.__version__}", "benches": list(steps)}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        steps[line.strip()]()
        ms = 1000 * (time.perf_counter() - start)
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"ms": ms, "rssMb": kilobytes * 1024 / 1e6}), flush=True)


main()
