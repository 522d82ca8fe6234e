"""Golden figures of the engine's model from PyTorch and transformers, in fp32 on one thread.

    python tests/oracles/engine_goldens.py tests/engine/model/golden

Writes <case>.json (shape, batch, losses, index) and <case>.bin (little-endian fp32: logits or scores, gradients).
Weights are not stored: both sides make them from each tensor's name (see made_values), exactly.
"""

import json
import struct
import sys
from pathlib import Path

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

from golden_values import ADAMW, NORM_MAX, STEPS, made_tokens, made_values

CASES = {
    "tied_grouped": dict(
        vocab_size=37, hidden_size=20, intermediate_size=28, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=6, rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=True,
        lengths=[1, 5, 13, 2]),
    "untied": dict(
        vocab_size=51, hidden_size=24, intermediate_size=18, num_hidden_layers=3, num_attention_heads=3,
        num_key_value_heads=3, head_dim=8, rms_norm_eps=1e-6, rope_theta=500000.0, tie_word_embeddings=False,
        lengths=[9, 3]),
    "long_single_key": dict(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=1, head_dim=32, rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=True,
        lengths=[60, 31, 7], logit_rows=[0, 59, 60, 90, 91, 97]),
    "classifier": dict(
        vocab_size=29, hidden_size=18, intermediate_size=26, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, head_dim=4, rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=False,
        num_labels=3, lengths=[4, 1, 11]),
}
def make_model(case):
    shape = {k: v for k, v in case.items() if k not in ("lengths", "logit_rows", "rope_theta", "num_labels")}
    config = LlamaConfig(
        **shape, max_position_embeddings=128, attn_implementation="eager", pad_token_id=None,
        rope_parameters={"rope_type": "default", "rope_theta": case["rope_theta"]},
        **({"num_labels": case["num_labels"]} if "num_labels" in case else {}))
    kind = LlamaForSequenceClassification if "num_labels" in case else LlamaForCausalLM
    model = kind(config).float().eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            values = made_values(name, tensor.numel(), tensor.dim() == 1)
            tensor.copy_(torch.tensor(values, dtype=torch.float32).reshape(tensor.shape))
    return model


def run(model, case, sequences):
    """Returns the rows of results and the loss: mean negative log-probability of the next token, or Σ score * weight."""
    if "num_labels" in case:
        scores = torch.cat([model(input_ids=torch.tensor([s])).logits for s in sequences])
        weights = torch.tensor(made_values("d_scores", scores.numel(), False)).reshape(scores.shape)
        return scores, (scores * weights).sum()
    logits = [model(input_ids=torch.tensor([s])).logits[0] for s in sequences]
    losses = [torch.nn.functional.cross_entropy(row[:-1], torch.tensor(s[1:]), reduction="sum")
              for row, s in zip(logits, sequences) if len(s) > 1]
    return torch.cat(logits), sum(losses) / sum(len(s) - 1 for s in sequences)


def ten_losses(model, case, sequences):
    gains = [p for p in model.parameters() if p.dim() == 1]
    matrices = [p for p in model.parameters() if p.dim() > 1]
    optimiser = torch.optim.AdamW([{"params": matrices}, {"params": gains, "weight_decay": 0.0}], **ADAMW)
    losses, norms = [], []
    for _ in range(STEPS):
        _, loss = run(model, case, sequences)
        optimiser.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), NORM_MAX)))
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses, norms


def write_case(folder, name, case):
    model = make_model(case)
    tokens = made_tokens(name, sum(case["lengths"]), case["vocab_size"])
    sequences, at = [], 0
    for length in case["lengths"]:
        sequences.append(tokens[at:at + length])
        at += length
    results, loss = run(model, case, sequences)
    if "logit_rows" in case:
        results = results[case["logit_rows"]]
    loss.backward()
    blocks = [("results", results.detach())] + [(n, p.grad) for n, p in model.named_parameters()]
    index, floats = [], []
    for block, tensor in blocks:
        flat = tensor.reshape(-1).tolist()
        index.append({"name": block, "offset": len(floats), "count": len(flat)})
        floats += flat
    losses, norms = ten_losses(make_model(case), case, sequences)
    (folder / f"{name}.bin").write_bytes(struct.pack(f"<{len(floats)}f", *floats))
    (folder / f"{name}.json").write_text(json.dumps({
        "made_by": f"tests/oracles/engine_goldens.py, torch {torch.__version__}, transformers {transformers.__version__}",
        "case": case, "loss": float(loss.detach()), "losses": losses, "norms": norms, "index": index}, indent=1) + "\n")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, case in CASES.items():
        write_case(folder, name, case)


main()
