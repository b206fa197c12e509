#!/usr/bin/env python3
"""Writes a torchvision architecture with random weights as ONNX: export_torchvision.py NAME SIZE OUT.onnx

The weights come from torch's generator with a fixed seed. The statistics of every BatchNormalization are measured on
smooth random pictures, layer by layer, as training would leave them: drawn ones let the activations of deep networks
grow or vanish. Needs python3-torch and python3-torchvision of Debian.
"""
import sys
import warnings

import torch
import torchvision

SEGMENTATION = ("fcn_resnet50", "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large")
OPSET = 14


class Segmentation(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pictures):
        return self.model(pictures)["out"]


def make(name, size):
    torch.manual_seed(1)
    models = torchvision.models
    if name in SEGMENTATION:
        builder = getattr(models.segmentation, name)
        options = {} if name.startswith("lraspp") else {"aux_loss": False}
        return Segmentation(builder(weights=None, weights_backbone=None, **options))
    options = {}
    if name in ("googlenet", "inception_v3"):
        options = {"aux_logits": False, "init_weights": False}
    elif name.startswith("vit"):
        options = {"image_size": size}
    return getattr(models, name)(weights=None, **options)


def spread(model):
    """Random values where torchvision begins with zeros and ones: those of a layer that does nothing."""
    for module in model.modules():
        if isinstance(module, (torch.nn.BatchNorm2d, torch.nn.LayerNorm)):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.1)
        elif isinstance(module, torch.nn.Linear):
            torch.nn.init.normal_(module.weight, 0, module.in_features ** -0.5)
    for name, parameter in model.named_parameters():
        if name.endswith("layer_scale"):
            torch.nn.init.uniform_(parameter, 0.2, 1.0)


def measure_statistics(model, size):
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1
        norm.train()
    coarse = torch.randn(4, 3, 8, 8)
    smooth = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic")
    pictures = smooth + 0.2 * torch.randn(4, 3, size, size)
    with torch.no_grad():
        model(pictures)
    model.eval()


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    name, size, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    warnings.filterwarnings("ignore")
    model = make(name, size)
    spread(model)
    model.eval()
    measure_statistics(model, size)
    torch.onnx.export(model, torch.randn(1, 3, size, size), out, opset_version=OPSET, input_names=["input"],
                      output_names=["output"])


if __name__ == "__main__":
    main()
