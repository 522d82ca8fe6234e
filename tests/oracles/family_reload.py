"""Loads the models of every family that the engine wrote in transformers and compares them with the golden figures.

    PRECEPTOR_FAMILY_EXPORTS=FOLDER test_engine --gtest_filter='FamilyFiles.*'
    python tests/oracles/family_reload.py FOLDER tests/engine/model/golden/families

Exits 1 when a weight is missing or unexpected, or when logits or scores differ by more than 1e-6. Run with transformers
4.5x or 5.x.
"""

import json
import struct
import sys
from pathlib import Path

import torch
import transformers

from golden_values import made_tokens

TOLERANCE = 1e-6


def check(condition, message):
    if not condition:
        raise SystemExit(f"FAILED: {message}")


def golden_results(golden, name):
    record = json.loads((golden / f"{name}.json").read_text())
    floats = struct.iter_unpack("<f", (golden / f"{name}.bin").read_bytes())
    count = next(entry["count"] for entry in record["index"] if entry["name"] == "results")
    return record, torch.tensor([value for (value,) in floats][:count])


def load(folder, classifies):
    kind = transformers.AutoModelForSequenceClassification if classifies else transformers.AutoModelForCausalLM
    model, info = kind.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    for key in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        check(not info[key], f"{folder.name}: {key}: {info[key]}")
    return model.eval()


def results_of(model, record, name, classifies):
    tokens = made_tokens(name, sum(record["lengths"]), record["config"]["vocab_size"])
    parts, at = [], 0
    with torch.no_grad():
        for length in record["lengths"]:
            logits = model(input_ids=torch.tensor([tokens[at:at + length]]), use_cache=False).logits
            parts.append(logits if classifies else logits[0])
            at += length
    return torch.cat(parts).reshape(-1)


def main():
    exports, golden = Path(sys.argv[1]), Path(sys.argv[2])
    largest = 0.0
    names = sorted(path.stem for path in golden.glob("*.json"))
    for name in names:
        record, expected = golden_results(golden, name)
        classifies = "greedy" not in record
        model = load(exports / name, classifies)
        error = float((results_of(model, record, name, classifies) - expected).abs().max())
        check(error <= TOLERANCE, f"{name}: results differ by {error:.2e}")
        largest = max(largest, error)
    print(f"{len(names)} models equal, largest difference {largest:.1e} (transformers {transformers.__version__})")


main()
