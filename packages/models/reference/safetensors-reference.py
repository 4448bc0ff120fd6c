"""Writes src/fixtures/torch-state.* and element-types.*: files that PyTorch's numbers are in, and what they mean.

Run once with PyTorch 1.13 on a CPU:  python3 packages/models/reference/safetensors-reference.py

Safetensors is simple enough to be written here: the header's length in 8 bytes, the header in JSON, the data. The
state dict is that of a small network after one batch in training mode; its logits are computed in evaluation mode, in
float64. Inputs follow the formula of train-mode-reference.py.
"""

import json
import math
import pathlib
import struct

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent.parent / "src" / "fixtures"
DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        flat = tensor.detach().contiguous().flatten()
        # NumPy has no bfloat16.
        raw = flat.view(torch.int16) if tensor.dtype == torch.bfloat16 else flat
        chunk = raw.numpy().tobytes()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(chunk)],
        }
        data += chunk
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def inputs(shape):
    count = math.prod(shape)
    values = [math.sin(0.37 * i + (0.001 * i * i) % 97) for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).reshape(shape).permute(0, 3, 1, 2)


class Net(nn.Module):
    """Its filters, image and layers have no two sizes alike, so that a wrong order cannot fit."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 5, kernel_size=3, padding=1)
        self.bn1 = nn.BatchNorm2d(5)
        self.fc1 = nn.Linear(3 * 4 * 5, 7)
        self.fc2 = nn.Linear(7, 6)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


def state():
    torch.manual_seed(7)
    net = Net()
    nn.init.uniform_(net.bn1.weight, 0.5, 1.5)
    nn.init.uniform_(net.bn1.bias, -0.5, 0.5)
    net.train()(inputs((4, 6, 8, 2)))
    write_safetensors(FOLDER / "torch-state.safetensors", net.state_dict(), {"module": "Net"})
    logits = net.double().eval()(inputs((3, 6, 8, 2)).double())
    (FOLDER / "torch-state.json").write_text(json.dumps({"logits": logits.tolist()}, indent=1) + "\n")


def element_types():
    numbers = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 6e-8, 6.1e-5, 1e-7, 1e30, -1e-30]
    reals = torch.tensor(numbers, dtype=torch.float64)
    integers = torch.tensor([0, 1, -1, 2**31 - 1, -(2**31)])
    tensors = {dtype: reals.to(dtype) for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)}
    tensors[torch.int64] = integers * 4099
    tensors[torch.int32] = integers.to(torch.int32)
    tensors[torch.uint8] = torch.tensor([0, 1, 255], dtype=torch.uint8)
    tensors[torch.bool] = torch.tensor([True, False])
    named = {DTYPES[dtype]: tensor for dtype, tensor in tensors.items()}
    write_safetensors(FOLDER / "element-types.safetensors", named, {})
    values = {
        # JSON has no infinity: 1e999 reads as one.
        name: [str(value).replace("inf", "1e999") for value in tensor.double().tolist()]
        for name, tensor in named.items()
    }
    (FOLDER / "element-types.json").write_text(json.dumps(values, indent=1) + "\n")


if __name__ == "__main__":
    state()
    element_types()
