"""Golden figures of low-rank training from PEFT, in fp32 on one thread.

    python tests/oracles/lora_training_goldens.py tests/engine/model/golden/lora

Writes <case>.json (config.json of the base, adapter, batch, losses, index) and <case>.bin (little-endian fp32: logits or
scores, gradients of the factors). Weights are not stored: both sides make them from each tensor's name, exactly (see
golden_values.py). B is not zero, so that A has a gradient from the first step.
"""

import json
import struct
import sys
from pathlib import Path

import peft
import torch
from peft import LoraConfig, get_peft_model

import family_goldens as families
from golden_values import ADAMW, NORM_MAX, STEPS, made_tokens, made_values

# name: (case of family_goldens, adapter)
CASES = {
    "every_matrix": ("llama_linear_biased", dict(r=3, lora_alpha=5, target_modules="all-linear")),
    "rank_stabilised": ("qwen2_tied", dict(
        r=4, lora_alpha=6, use_rslora=True, target_modules=["q_proj", "v_proj", "up_proj"])),
    "norms_after": ("gemma3_mixed", dict(r=5, lora_alpha=5, target_modules="all-linear")),
    "stored_transposed": ("gpt2_tied", dict(r=2, lora_alpha=8, target_modules=["c_attn", "c_proj"])),
    "score_head": ("qwen3_classifier", dict(
        r=3, lora_alpha=6, target_modules=["k_proj", "o_proj", "down_proj"], modules_to_save=["score"])),
}


def own_name(name):
    """As the engine names it: without PEFT's prefixes."""
    for part in ("base_model.model.", ".default", ".modules_to_save"):
        name = name.replace(part, "")
    return name


def make_model(family, case, adapter):
    model = get_peft_model(families.make_model(family, case), LoraConfig(lora_dropout=0.0, **adapter)).float().eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if tensor.requires_grad:
                tensor.copy_(torch.tensor(made_values(own_name(name), tensor.numel(), False)).reshape(tensor.shape))
    return model


def learned(model):
    return [(own_name(name), tensor) for name, tensor in model.named_parameters() if tensor.requires_grad]


def ten_losses(model, case, sequences):
    optimiser = torch.optim.AdamW([tensor for _, tensor in learned(model)], **ADAMW)
    losses, norms = [], []
    for _ in range(STEPS):
        _, loss = families.run(model, case, sequences)
        optimiser.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_([tensor for _, tensor in learned(model)], NORM_MAX)))
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses, norms


def write_case(folder, name, base, adapter):
    family, lengths, case = families.CASES[base]
    model = make_model(family, case, adapter)
    tokens = made_tokens(name, sum(lengths), case["vocab_size"])
    sequences, at = [], 0
    for length in lengths:
        sequences.append(tokens[at:at + length])
        at += length
    results, loss = families.run(model, case, sequences)
    loss.backward()
    blocks = [("results", results.detach())] + [(own, tensor.grad) for own, tensor in learned(model)]
    index, floats = [], []
    for block, tensor in blocks:
        flat = tensor.reshape(-1).tolist()
        index.append({"name": block, "offset": len(floats), "count": len(flat)})
        floats += flat
    losses, norms = ten_losses(make_model(family, case, adapter), case, sequences)
    targets = adapter["target_modules"]
    (folder / f"{name}.bin").write_bytes(struct.pack(f"<{len(floats)}f", *floats))
    (folder / f"{name}.json").write_text(json.dumps({
        "made_by": f"tests/oracles/lora_training_goldens.py, torch {torch.__version__}, peft {peft.__version__}",
        "config": families.config_as_written(families.make_model(family, case)), "lengths": lengths,
        "adapter": {"rank": adapter["r"], "alpha": adapter["lora_alpha"],
                    "rank_stabilised": adapter.get("use_rslora", False),
                    "targets": [] if targets == "all-linear" else targets},
        "loss": float(loss.detach()), "losses": losses, "norms": norms, "index": index}, indent=1) + "\n")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, (base, adapter) in CASES.items():
        write_case(folder, name, base, adapter)


if __name__ == "__main__":
    main()
