"""Writes src/fixtures/<model>.json: what PyTorch computes for the students of the paper's image experiments.

Run once with PyTorch 1.13 on a CPU:  python3 packages/models/reference/train-mode-reference.py

Each model starts from torch.manual_seed(42), sees one batch in training mode, and is differentiated through
cross-entropy in float64 (from the float32 weights). Inputs follow a formula so that the files stay small:
x[i] = sin(0.37 i + 0.001 i^2 mod 97) over the batch in channels-last order, rounded to float32.
"""

import json
import math
import pathlib

import torch
from torch import nn
from torch.nn import functional as F


class ConvNet(nn.Module):
    """Three blocks of convolution, batch norm, ReLU, pooling; then two linear layers."""

    def __init__(self, in_channels, channels, flat, hidden):
        super().__init__()
        for i, (a, b) in enumerate(zip([in_channels, *channels], channels), 1):
            setattr(self, f"conv{i}", nn.Conv2d(a, b, kernel_size=3))
            setattr(self, f"conv{i}_bn", nn.BatchNorm2d(b))
        self.fc1 = nn.Linear(flat, hidden)
        self.fc2 = nn.Linear(hidden, 10)

    def forward(self, x):
        for i in (1, 2, 3):
            x = getattr(self, f"conv{i}_bn")(getattr(self, f"conv{i}")(x))
            x = F.max_pool2d(F.relu(x), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class PreActBlock(nn.Module):
    """Residual block with batch norm and ReLU before each convolution; sizes as (kernel, stride, widening)."""

    def __init__(self, inputs, width, stride, convolutions):
        super().__init__()
        channels = [inputs] + [width * widening for _, _, widening in convolutions]
        self.count = len(convolutions)
        for i, (kernel, conv_stride, _) in enumerate(convolutions):
            a, b = channels[i], channels[i + 1]
            conv = nn.Conv2d(a, b, kernel, stride=conv_stride, padding=kernel // 2, bias=False)
            setattr(self, f"bn{i + 1}", nn.BatchNorm2d(a))
            setattr(self, f"conv{i + 1}", conv)
        if stride != 1 or inputs != channels[-1]:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, channels[-1], 1, stride=stride, bias=False))

    def forward(self, x):
        active = F.relu(self.bn1(x))
        shortcut = self.shortcut(active) if hasattr(self, "shortcut") else x
        y = self.conv1(active)
        for i in range(2, self.count + 1):
            y = getattr(self, f"conv{i}")(F.relu(getattr(self, f"bn{i}")(y)))
        return y + shortcut


def basic(inputs, width, stride):
    return PreActBlock(inputs, width, stride, [(3, stride, 1), (3, 1, 1)])


def bottleneck(inputs, width, stride):
    return PreActBlock(inputs, width, stride, [(1, 1, 1), (3, stride, 1), (1, 1, 4)])


class ResNet(nn.Module):
    """Pre-activation residual network for 32x32 images."""

    def __init__(self, block, expansion, blocks, width, normalized_stem):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1, bias=False)
        if normalized_stem:
            self.bn1 = nn.BatchNorm2d(width)
        inputs = width
        self.stages = len(blocks)
        for stage, count in enumerate(blocks):
            layers = []
            for i in range(count):
                stride = 2 if i == 0 and stage > 0 else 1
                layers.append(block(inputs, width * 2**stage, stride))
                inputs = width * 2**stage * expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.linear = nn.Linear(inputs, 10)

    def forward(self, x):
        x = self.conv1(x)
        if hasattr(self, "bn1"):
            x = F.relu(self.bn1(x))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.linear(x.mean((2, 3)))


MODELS = {
    "cifar-very-tiny": (lambda: ConvNet(3, [8, 16, 32], 128, 64), (32, 32, 3)),
    "fashion-mnist-net": (lambda: ConvNet(1, [8, 16, 128], 128, 64), (28, 28, 1)),
    "cifar-tiny": (lambda: ConvNet(3, [16, 32, 64], 256, 128), (32, 32, 3)),
    "fashion-mnist-cnn": (lambda: ConvNet(1, [32, 64, 128], 128, 128), (28, 28, 1)),
    "resnet-basic": (lambda: ResNet(basic, 1, [2, 2, 1], 4, False), (16, 16, 3)),
    "resnet-bottleneck": (lambda: ResNet(bottleneck, 4, [2, 1], 3, True), (16, 16, 3)),
}
BATCH = 2
LABELS = [3, 7]


def inputs(shape):
    count = BATCH * math.prod(shape)
    values = [math.sin(0.37 * i + (0.001 * i * i) % 97) for i in range(count)]
    channels_last = torch.tensor(values, dtype=torch.float32).reshape(BATCH, *shape)
    return channels_last.permute(0, 3, 1, 2)


def summary(tensor):
    """The norm, the sum, and three entries of a tensor in PyTorch's layout."""
    flat = tensor.detach().double().flatten()
    picks = sorted({0, flat.numel() // 3, flat.numel() - 1})
    return {
        "norm": flat.norm().item(),
        "sum": flat.sum().item(),
        "entries": [[i, flat[i].item()] for i in picks],
    }


def main():
    folder = pathlib.Path(__file__).parent.parent / "src" / "fixtures"
    folder.mkdir(exist_ok=True)
    for name, (make, shape) in MODELS.items():
        torch.manual_seed(42)
        model = make()
        initial = {key: summary(value) for key, value in model.named_parameters()}
        model = model.double().train()
        logits = model(inputs(shape).double())
        loss = F.cross_entropy(logits, torch.tensor(LABELS))
        loss.backward()
        fixture = {
            "labels": LABELS,
            "loss": loss.item(),
            "logits": logits.tolist(),
            "parameters": initial,
            "gradients": {key: summary(value.grad) for key, value in model.named_parameters()},
            "statistics": {
                key: summary(value)
                for key, value in model.named_buffers()
                if not key.endswith("num_batches_tracked")
            },
            "evaluationLogits": model.eval()(inputs(shape).double()).tolist(),
        }
        (folder / f"{name}.json").write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main()
