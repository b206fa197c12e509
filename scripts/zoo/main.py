#!/usr/bin/env python3
"""Takes public networks through import, float engine, build and crosscheck; scripts/zoo.sh says how to call it."""
import argparse
import json
import pathlib
import shutil
import sys
import tempfile

import fetch
import networks
import trial
import verdict

COLUMNS = (
    ("network", 29, lambda r: r["name"]),
    ("imported", 8, lambda r: "yes" if r.get("imported") else "no"),
    ("float diff", 10, lambda r: f"{r['float_difference']:.1e}"),
    ("cosine", 7, lambda r: f"{r['cosine']:.4f}"),
    ("native", 9, lambda r: "{}/{}".format(*r["boards"]["local"])),
    ("mipsel", 9, lambda r: "{}/{}".format(*r["boards"]["qemu:mipsel"])),
    ("armv7", 9, lambda r: "{}/{}".format(*r["boards"]["qemu:armv7"])),
    ("aarch64", 9, lambda r: "{}/{}".format(*r["boards"]["qemu:aarch64"])),
    ("build s", 7, lambda r: f"{r['build_seconds']:.1f}"),
    ("joint KiB", 9, lambda r: f"{r['joint_bytes'] / 1024:.0f}"),
    ("peak KiB", 8, lambda r: f"{r['arena_bytes'] / 1024:.0f}"),
)


def cell(text, result):
    try:
        return text(result)
    except KeyError:
        return "-"


def row(result):
    line = "  ".join(cell(text, result).ljust(width) for _, width, text in COLUMNS).rstrip()
    below = not result.get("cosine", 1) >= verdict.COSINE
    remark = result["verdict"] or (result["reason"] if below else "")
    return line + (f"\n    {remark}" if remark else "")


def chosen(names):
    known = {network.name: network for network in networks.ALL}
    for name in names:
        if name not in known:
            sys.exit(f"zoo: no network is called {name}; there are {', '.join(known)}")
    return [known[name] for name in names] or networks.ALL


def main():
    parser = argparse.ArgumentParser(
        prog="zoo.sh", description="public networks through import, float engine, build, and crosscheck on every board",
        epilog="example: scripts/zoo.sh --json zoo.json fr_eye u2netp")
    parser.add_argument("names", nargs="*", metavar="NAME", help="networks (default: all)")
    parser.add_argument("--json", metavar="FILE", help="the table as JSON, written anew after each network")
    parser.add_argument("--board", nargs="+", default=list(trial.TARGETS), choices=list(trial.TARGETS),
                        help="default: all four")
    parser.add_argument("--keep", metavar="FOLDER", help="keeps models, inputs and outputs there")
    given = parser.parse_args()
    selected = chosen(given.names)
    pictures = fetch.run([fetch.SCRIPTS / "fetch_pictures.sh"])
    onnxruntime = fetch.run([fetch.SCRIPTS / "fetch_onnxruntime.sh"])
    print("  ".join(title.ljust(width) for title, width, _ in COLUMNS).rstrip(), flush=True)
    results = []
    for network in selected:
        folder = pathlib.Path(given.keep or tempfile.mkdtemp(prefix="lockstep_zoo_")) / network.name
        folder.mkdir(parents=True, exist_ok=True)
        result = trial.Trial(network, folder, pictures, onnxruntime).run(given.board)
        result["verdict"] = verdict.verdict(result)
        results.append(result)
        print(row(result), flush=True)
        if not given.keep:
            shutil.rmtree(folder.parent)
        if given.json:
            part = pathlib.Path(given.json + ".part")
            part.write_text(json.dumps(results, indent=1) + "\n")
            part.replace(given.json)
    print("\n" + verdict.summary(results))
    return 1 if any(result["verdict"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
