"""Exports models in every form and lets others load them: the log-probabilities in our manifests against theirs.

    python tests/oracles/exports_reload.py PROGRAM MODEL… [--llama-cpp]

PROGRAM is the built preceptor; each MODEL a model folder or .gguf file. Folders are loaded by transformers, with
--llama-cpp GGUF files by llama-cpp-python. Not part of the tests: it needs torch. Prints one line an export and ends
with 1 when an error is too large.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

# Of the golden tokens, in nats. bf16 folders are computed with in fp32 by both sides; llama.cpp multiplies quantised
# weights by activations that it rounds to 8 bits as well.
ERROR_MAX = {"hf": 2e-4, "f32": 2e-3, "f16": 2e-2, "bf16": 5e-2, "q8_0": 0.5}


def logprobs_of(logits, ids):
    logits = np.asarray(logits, dtype=np.float64)
    top = logits.max(-1, keepdims=True)
    norm = np.log(np.exp(logits - top).sum(-1, keepdims=True)) + top
    return (logits - norm)[np.arange(len(ids) - 1), ids[1:]]


def by_transformers(path, ids):
    import torch
    import transformers

    model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
    with torch.no_grad():
        return logprobs_of(model(torch.tensor([ids])).logits[0].numpy(), ids)


def by_llama_cpp(path, ids):
    import llama_cpp

    model = llama_cpp.Llama(str(path), n_ctx=len(ids) + 1, n_batch=len(ids), logits_all=True, verbose=False)
    model.eval(ids)
    return logprobs_of(model.scores[: len(ids)], ids)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--llama-cpp", action="store_true")
    arguments = parser.parse_args()
    forms = [("hf", kind) for kind in ("f32", "f16", "bf16")]
    if arguments.llama_cpp:
        forms += [("gguf", kind) for kind in ("f32", "f16", "bf16", "q8_0")]
    bad = 0
    for model in arguments.models:
        for form, kind in forms:
            with tempfile.TemporaryDirectory() as folder:
                out = pathlib.Path(folder) / ("m.gguf" if form == "gguf" else "m")
                done = subprocess.run([arguments.program, "model", "export", str(model), "--out", str(out), "--format", form,
                                       "--type", kind], capture_output=True, text=True)
                if done.returncode != 0:
                    print(f"{model.name} {form} {kind}: refused: {done.stderr.strip()}")
                    continue
                manifest = pathlib.Path(str(out) + ".manifest.json") if form == "gguf" else out / "manifest.json"
                golden = json.loads(manifest.read_text())["golden"]
                theirs = (by_llama_cpp if form == "gguf" else by_transformers)(out, golden["ids"])
                error = float(np.abs(np.asarray(golden["logprobs"]) - theirs).max())
                fine = error <= ERROR_MAX["hf" if form == "hf" else kind]
                bad += not fine
                print(f"{model.name} {form} {kind}: largest error {error:.2e} nats{'' if fine else '  TOO LARGE'}", flush=True)
    sys.exit(1 if bad else 0)


main()
