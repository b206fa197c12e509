"""What is wrong with a network, and what all came to, in words."""

LIMIT = 1e-4   # of an output's range, from ONNX Runtime
COSINE = 0.98  # below, the network's row needs a reason


def lacks_reason(result):
    return "cosine" in result and not result["cosine"] >= COSINE and not result["reason"]


def verdict(result):
    """What is wrong with a network, or nothing."""
    if "failed" in result:
        return f"{result['stage']}: {result['failed']}"
    if not result["float_difference"] <= LIMIT:
        return f"float engine: {result['float_difference']:.1e} of the range from ONNX Runtime, above {LIMIT:.0e}"
    if lacks_reason(result):
        return f"quantised outputs: a cosine of {result['cosine']:.4f} without a reason in networks.py"
    return ""


def named(count, what):
    return f"{count} {what}" + ("" if count == 1 else "s")


def summary(results):
    """How many networks are whole, and of the others which, in which stage, and why."""
    wrong = [result for result in results if result["verdict"]]
    below = [result["name"] for result in results if not result["verdict"] and not result["cosine"] >= COSINE]
    lines = [f"{len(results) - len(wrong)} of {named(len(results), 'network')} {'is' if len(results) == 1 else 'are'} whole: imported, in floats as in ONNX "
             f"Runtime, built, quantised to a cosine of {COSINE} or with a reason, and the same bytes on every board"]
    if below:
        lines.append(f"whole below {COSINE}, with a reason: {', '.join(below)}")
    unexplained = [result["name"] for result in results if lacks_reason(result)]
    if unexplained:
        lines.append(f"below {COSINE} and lacking a reason in networks.py: {', '.join(unexplained)}")
    if wrong:
        lines.append(f"{named(len(wrong), 'network')} failed:")
        lines.extend(f"  {result['name']}: {result['verdict']}" for result in wrong)
    return "\n".join(lines)
