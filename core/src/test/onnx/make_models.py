"""Writes classifiers with random weights as ONNX, by PyTorch's own exporter.

    make_models.py small OUT    narrow ones, below 200 kB each: the fixtures of the tests
    make_models.py large OUT    torchvision's classifiers, on small images

Needs torch, torchvision and onnx; made with torch 1.13, torchvision 0.14, onnx 1.12. Each is written with
batch norms folded into convolutions and any number of images (NAME.onnx), and with batch norms kept and one
image (NAME-norms.onnx); some small ones for other opsets.
"""
import sys
import warnings
from functools import partial
from pathlib import Path

import torch
import torchvision.models as models
from torch import nn
from torchvision.models.densenet import DenseNet
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.googlenet import BasicConv2d, Inception
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.squeezenet import Fire

warnings.filterwarnings("ignore")


class NarrowResNet(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        planes = 8 // block.expansion
        self.layer1 = nn.Sequential(block(8, planes), block(8, planes))
        down = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
        self.layer2 = nn.Sequential(block(8, 2 * planes, 2, down), block(16, 2 * planes))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer2(self.layer1(x))), 1))


class NarrowInception(nn.Module):
    """GoogLeNet's parts: its block, its input transformation, pools that round up."""

    def __init__(self):
        super().__init__()
        self.conv1 = BasicConv2d(3, 8, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = Inception(8, 4, 4, 8, 2, 4, 4)
        self.maxpool2 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.pool3 = nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)
        self.fc = nn.Linear(20, 10)

    def forward(self, x):
        x = torch.cat([
            torch.unsqueeze(x[:, 0], 1) * (0.229 / 0.5) + (0.485 - 0.5) / 0.5,
            torch.unsqueeze(x[:, 1], 1) * (0.224 / 0.5) + (0.456 - 0.5) / 0.5,
            torch.unsqueeze(x[:, 2], 1) * (0.225 / 0.5) + (0.406 - 0.5) / 0.5], 1)
        x = self.pool3(self.maxpool2(self.inception3a(self.maxpool1(self.conv1(x)))))
        return self.fc(x.mean([2, 3]))


class NarrowSqueezeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(8, 4, 8, 8), Fire(16, 4, 8, 8))
        self.classifier = nn.Sequential(
            nn.Dropout(0.5), nn.Conv2d(16, 10, 1), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x):
        return torch.flatten(self.classifier(self.features(x)), 1)


class Odds(nn.Module):
    """What the others do not use: normalisation inside, gates by linear layers, uneven padding, softmax."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.5, 0.4, 0.3]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.2, 0.25, 0.3]).view(1, 3, 1, 1))
        self.conv1 = nn.Conv2d(3, 8, 3, dilation=2, bias=True)
        self.act1 = nn.LeakyReLU(0.1)
        self.conv2 = nn.Conv2d(8, 8, (3, 1), groups=4, padding=(1, 0))
        self.act2 = nn.ELU(0.7)
        self.squeeze = nn.Linear(8, 4)
        self.excite = nn.Linear(4, 8)
        self.conv3 = nn.Conv2d(8, 12, 3, stride=2)
        self.act3 = nn.Hardswish()
        self.fc = nn.Linear(12 * 4, 10)

    def forward(self, x):
        x = (x - self.mean) / self.std
        x = self.act1(self.conv1(x))
        y = self.act2(self.conv2(x))
        gate = torch.sigmoid(self.excite(torch.tanh(self.squeeze(y.mean([2, 3])))))
        x = x - y * gate.view(y.size(0), -1, 1, 1)
        x = nn.functional.pad(x[:, :, ::2, ::2], (0, 1, 0, 1))
        x = self.act3(self.conv3(x))
        a, b, c = torch.split(x, [5, 4, 3], 1)
        x = torch.cat([c, b.clamp(-0.5, 0.75), a], 1)
        x = nn.functional.avg_pool2d(x, 2)
        return torch.softmax(self.fc(x.view(x.size(0), -1)), 1)


def narrow_vgg():
    vgg = models.VGG(models.vgg.make_layers([8, "M", 16, "M", 16, "M"], batch_norm=True), num_classes=10)
    vgg.avgpool = nn.Identity()
    vgg.classifier = nn.Sequential(
        nn.Linear(16 * 16, 32), nn.ReLU(True), nn.Dropout(), nn.Linear(32, 10))
    return vgg


def cifar_vgg16():
    vgg = models.vgg16_bn(num_classes=10)
    vgg.avgpool = nn.Identity()
    vgg.classifier = nn.Linear(512, 10)
    return vgg


def narrow_mobilenet_v3():
    conf = partial(InvertedResidualConfig, width_mult=0.25)
    blocks = [conf(16, 3, 16, 16, True, "RE", 2, 1), conf(16, 5, 40, 24, True, "HS", 2, 1)]
    return MobileNetV3(blocks, last_channel=32, num_classes=10)


def narrow_efficientnet():
    conf = partial(MBConvConfig, width_mult=0.25, depth_mult=1.0)
    return EfficientNet([conf(1, 3, 1, 32, 16, 1), conf(4, 3, 2, 16, 24, 2)], dropout=0.2, num_classes=10)


SMALL = {
    "resnet": (lambda: NarrowResNet(BasicBlock), 32),
    "bottleneck": (lambda: NarrowResNet(Bottleneck), 32),
    "vgg": (narrow_vgg, 32),
    "densenet": (lambda: DenseNet(4, (2, 2), 8, num_classes=10), 32),
    "mobilenet_v2": (lambda: models.MobileNetV2(
        10, width_mult=0.25, inverted_residual_setting=[[1, 16, 1, 1], [6, 24, 2, 2]]), 32),
    "mobilenet_v3": (narrow_mobilenet_v3, 32),
    "efficientnet": (narrow_efficientnet, 32),
    "inception": (NarrowInception, 44),
    "shufflenet_v2": (lambda: models.ShuffleNetV2([2, 1, 1], [8, 16, 16, 16, 32], num_classes=10), 32),
    "regnet": (lambda: RegNet(
        BlockParams.from_init_params(4, 8, 4.0, 2.0, 8, se_ratio=0.25), num_classes=10, stem_width=8), 32),
    "squeezenet": (NarrowSqueezeNet, 32),
    "odds": (Odds, 24),
}

LARGE = {
    "resnet18": (lambda: models.resnet18(num_classes=10), 64),
    "resnet50": (lambda: models.resnet50(num_classes=10), 64),
    "vgg16_bn": (cifar_vgg16, 32),
    "densenet121": (lambda: models.densenet121(num_classes=10), 64),
    "mobilenet_v2": (lambda: models.mobilenet_v2(num_classes=10), 64),
    "mobilenet_v3": (lambda: models.mobilenet_v3_small(num_classes=10), 64),
    "efficientnet_b0": (lambda: models.efficientnet_b0(num_classes=10), 64),
    "googlenet": (lambda: models.googlenet(
        num_classes=10, aux_logits=False, transform_input=True, init_weights=False), 96),
    "inception_v3": (lambda: models.inception_v3(
        num_classes=10, aux_logits=False, transform_input=True, init_weights=False), 96),
    "shufflenet_v2": (lambda: models.shufflenet_v2_x0_5(num_classes=10), 64),
    "regnet_y": (lambda: models.regnet_y_400mf(num_classes=10), 64),
    "squeezenet": (lambda: models.squeezenet1_1(num_classes=10), 64),
    "mnasnet": (lambda: models.mnasnet0_5(num_classes=10), 64),
}


def randomise(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)


def export(path, model, size, opset, any_number, keep_norms):
    model.eval()
    torch.onnx.export(
        model, torch.rand(1, 3, size, size), str(path), opset_version=opset,
        input_names=["image"], output_names=["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}} if any_number else None,
        training=torch.onnx.TrainingMode.PRESERVE if keep_norms else torch.onnx.TrainingMode.EVAL)


def main(kind, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for name, (make, size) in (SMALL if kind == "small" else LARGE).items():
        torch.manual_seed(0)
        model = make()
        randomise(model)
        export(out / f"{name}.onnx", model, size, 13, True, False)
        export(out / f"{name}-norms.onnx", model, size, 11, False, True)
        if kind == "small" and name in ("resnet", "odds", "shufflenet_v2", "mobilenet_v3"):
            for opset in (9, 16):
                try:
                    export(out / f"{name}-opset{opset}.onnx", model, size, opset, True, True)
                except Exception as error:
                    print(f"{name} at opset {opset}: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
