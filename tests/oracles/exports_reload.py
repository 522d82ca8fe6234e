"""Exports models in every form and lets others load them: the log-probabilities in our manifests, or the scores of
reward models, against theirs.

    python tests/oracles/exports_reload.py PROGRAM MODEL… [--gguf] [--llama-cpp]

PROGRAM is the built preceptor; each MODEL a model folder or .gguf file. Folders are loaded by transformers; GGUF files
with --gguf by transformers as well (it needs the package gguf), with --llama-cpp by llama-cpp-python. Not part of the
tests: it needs torch. Prints one line an export and ends with 1 when an error is too large.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

# Of the golden tokens, in nats, where both sides multiply the stored weights in fp32.
ERROR_MAX = 2e-4
# llama.cpp rounds what it multiplies to the type of the weights, those of eight bits to eight bits in blocks: as a
# share of how far the golden log-probabilities lie apart. That the file is right is what transformers shows, which
# multiplies the same file's weights in fp32: of demo/base in q8_0 it differs by 7e-6 nats, llama.cpp by 0.09.
LLAMA_CPP_ERROR_MAX = {"f32": 1e-4, "f16": 5e-3, "bf16": 4e-2, "q8_0": 0.15}


def logprobs_of(logits, ids):
    logits = np.asarray(logits, dtype=np.float64)
    top = logits.max(-1, keepdims=True)
    norm = np.log(np.exp(logits - top).sum(-1, keepdims=True)) + top
    return (logits - norm)[np.arange(len(ids) - 1), ids[1:]]


def by_transformers(path, ids):
    import torch
    import transformers

    place = {"pretrained_model_name_or_path": path}
    if path.suffix == ".gguf":
        place = {"pretrained_model_name_or_path": path.parent, "gguf_file": path.name}
    model = transformers.AutoModelForCausalLM.from_pretrained(**place, dtype=torch.float32).eval()
    with torch.no_grad():
        return logprobs_of(model(torch.tensor([ids])).logits[0].numpy(), ids)


def scores_by_transformers(path, ids):
    import torch
    import transformers

    model = transformers.AutoModelForSequenceClassification.from_pretrained(path, dtype=torch.float32).eval()
    # As in training: the score is read at the last token, whatever counts as padding.
    model.config.pad_token_id = None
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].numpy()


def by_llama_cpp(path, ids):
    import llama_cpp

    exact = {"type_k": llama_cpp.GGML_TYPE_F32, "type_v": llama_cpp.GGML_TYPE_F32}  # its cache is f16 otherwise
    model = llama_cpp.Llama(
        str(path), n_ctx=len(ids) + 1, n_batch=len(ids), logits_all=True, verbose=False, **exact
    )
    model.eval(ids)
    return logprobs_of(model.scores[: len(ids)], ids)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--gguf", action="store_true")
    parser.add_argument("--llama-cpp", action="store_true")
    arguments = parser.parse_args()
    forms = [("hf", kind) for kind in ("f32", "f16", "bf16")]
    if arguments.gguf or arguments.llama_cpp:
        forms += [("gguf", kind) for kind in ("f32", "f16", "bf16", "q8_0")]
    bad = 0
    for model in arguments.models:
        for form, kind in forms:
            with tempfile.TemporaryDirectory() as folder:
                out = pathlib.Path(folder) / ("m.gguf" if form == "gguf" else "m")
                command = [arguments.program, "model", "export", model, "--out", out, "--format", form, "--type", kind]
                if form == "gguf":
                    command += ["--splitting", "gpt-2"]  # of texts, which play no part here
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode != 0:
                    print(f"{model.name} {form} {kind}: refused: {done.stderr.strip()}")
                    continue
                manifest = pathlib.Path(str(out) + ".manifest.json") if form == "gguf" else out / "manifest.json"
                golden = json.loads(manifest.read_text())["golden"]
                ours = np.asarray(golden["scores"] or golden["logprobs"])
                readers = []
                if golden["scores"]:
                    readers.append(("transformers", scores_by_transformers, ERROR_MAX))
                elif form == "hf" or arguments.gguf:
                    readers.append(("transformers", by_transformers, ERROR_MAX))
                if form == "gguf" and arguments.llama_cpp:
                    readers.append(("llama.cpp", by_llama_cpp, LLAMA_CPP_ERROR_MAX[kind] * np.ptp(ours)))
                for name, read, error_max in readers:
                    error = float(np.abs(ours - read(out, golden["ids"])).max())
                    fine = error <= error_max
                    bad += not fine
                    print(f"{model.name} {form} {kind} by {name}: largest error {error:.2e}{'' if fine else '  TOO LARGE'}",
                          flush=True)
    sys.exit(1 if bad else 0)


main()
