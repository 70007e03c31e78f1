"""Makes PyTorch files of many kinds, or dumps one that Secateur wrote. Run by TorchInteropTest.

    torch_files.py make FOLDER     writes NAME.zip.pth, NAME.legacy.pth and NAME.txt (what they hold)
    torch_files.py dump FILE KEY FLOATS
                                   prints what torch.load(FILE)[KEY] holds (KEY "-": the whole); FLOATS says whether
                                   floating-point values stand beside the weights: "floats" or "none"

A tensor is a line: name, type, shape, little-endian bytes in hex.
"""
import argparse
import collections
import sys

import numpy
import torch

TYPES = {
    torch.bool: "BOOL", torch.uint8: "U8", torch.int8: "I8", torch.int16: "I16", torch.int32: "I32",
    torch.int64: "I64", torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64",
}


def lines(state):
    for name, tensor in state.items():
        if not torch.is_tensor(tensor):
            continue
        flat = tensor.detach().contiguous().reshape(-1)
        raw = flat.view(torch.int16) if tensor.dtype == torch.bfloat16 else flat
        shape = ",".join(str(extent) for extent in tensor.shape)
        yield f"{name} {TYPES[tensor.dtype]} [{shape}] {raw.numpy().tobytes().hex()}"


def networks():
    torch.manual_seed(7)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten(), torch.nn.Linear(4, 2))
    yield "state_dict", net.state_dict(), net.state_dict()
    yield "plain_dict", dict(net.state_dict()), net.state_dict()
    parameters = collections.OrderedDict(net.named_parameters())
    yield "parameters", parameters, parameters
    parallel = torch.nn.DataParallel(net).state_dict()
    yield "parallel", {"state_dict": parallel, "epoch": 3}, net.state_dict()

    optimizer = torch.optim.Adam(net.parameters())
    net[3](net[2](net[1](net[0](torch.randn(2, 3, 3, 3))))).sum().backward()
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
    checkpoint = {
        "epoch": 12, "best_acc": numpy.float64(91.5), "arch": "small", "loss": numpy.float32(0.5), "hits": numpy.int64(7),
        "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "args": argparse.Namespace(lr=0.1),
        "size": torch.Size([3, 32, 32]), "history": [(1, 0.5), (2, 0.25)], "model": net.state_dict(),
        "device": torch.device("cpu"), "means": numpy.arange(3.0), "seen": {1, 2}, "dtype": torch.float32,
    }
    yield "checkpoint", checkpoint, net.state_dict()

    base = torch.randn(6, 8)
    views = collections.OrderedDict(
        transposed=base.t(), column=base[:, 3], tail=base[2:], every_second=base[::2, 1::3],
        expanded=base[0].expand(5, 8), scalar=torch.tensor(2.5), empty=torch.zeros(0, 3), twice=base, again=base,
        permuted=torch.randn(2, 3, 4, 5).permute(0, 2, 3, 1),
        channels_last=torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last))
    yield "views", views, views
    kinds = collections.OrderedDict()
    for kind in TYPES:
        values = torch.randn(3, 5) * 20
        kinds[TYPES[kind].lower()] = (values > 0) if kind == torch.bool else values.abs().to(kind)
    kinds["i64_large"] = torch.tensor([-(2**62), 2**62])
    kinds["f64"] = kinds["f64"].float().double()
    yield "kinds", kinds, kinds


def make(folder):
    for name, saved, state in networks():
        torch.save(saved, f"{folder}/{name}.zip.pth")
        torch.save(saved, f"{folder}/{name}.zip4.pth", pickle_protocol=4)
        torch.save(saved, f"{folder}/{name}.legacy.pth", _use_new_zipfile_serialization=False)
        torch.save(saved, f"{folder}/{name}.legacy4.pth", _use_new_zipfile_serialization=False, pickle_protocol=4)
        with open(f"{folder}/{name}.txt", "w") as out:
            out.writelines(line + "\n" for line in lines(state))
    torch.save(net_module(), f"{folder}/whole-module.pth")
    torch.jit.script(net_module()).save(f"{folder}/script.pt")


def net_module():
    return torch.nn.Linear(2, 2)


def dump(file, key, floats):
    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    # The restricted loader came with 1.13 and knows floats (instruction 'G') since 2.0.
    strict = version >= (2, 0) or version >= (1, 13) and floats == "none"
    loaded = torch.load(file, weights_only=True) if strict else torch.load(file)
    state = loaded if key == "-" else loaded[key]
    print(type(state).__name__)
    for name, value in loaded.items():
        if not torch.is_tensor(value) and not isinstance(value, dict):
            print(f"scalar {name} {value!r}")
    for line in lines(state):
        print(line)


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else dump(*sys.argv[2:5])
