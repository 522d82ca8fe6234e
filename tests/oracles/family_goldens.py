"""Golden figures of every model family from PyTorch and transformers, in fp32 on one thread.

    python tests/oracles/family_goldens.py tests/engine/model/golden/families

Writes <case>.json (config.json as transformers writes it, batch, losses, greedy text, index) and <case>.bin
(little-endian fp32: logits or scores, gradients as transformers holds them). Weights are not stored: both sides make
them from each tensor's name, exactly (see golden_values.py).
"""

import json
import struct
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from transformers import (
    Gemma3ForCausalLM, Gemma3TextConfig, Gemma3TextForSequenceClassification, GPT2Config, GPT2ForSequenceClassification,
    GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, MistralConfig, MistralForCausalLM,
    MistralForSequenceClassification, Qwen2Config, Qwen2ForCausalLM, Qwen2ForSequenceClassification, Qwen3Config,
    Qwen3ForCausalLM, Qwen3ForSequenceClassification,
)

from golden_values import ADAMW, NORM_MAX, STEPS, made_tokens, made_values

FAMILIES = {
    "llama": (LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification),
    "mistral": (MistralConfig, MistralForCausalLM, MistralForSequenceClassification),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM, Qwen2ForSequenceClassification),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, Qwen3ForSequenceClassification),
    "gemma3": (Gemma3TextConfig, Gemma3ForCausalLM, Gemma3TextForSequenceClassification),
    "gpt2": (GPT2Config, GPT2LMHeadModel, GPT2ForSequenceClassification),
}


def rope(theta=10000.0, **scaling):
    return {"rope_type": "default", "rope_theta": theta, **scaling}


def shape(vocabulary, hidden, intermediate, layers, heads, key_heads, head_dim, **more):
    return dict(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=intermediate, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=key_heads, head_dim=head_dim, max_position_embeddings=64,
        pad_token_id=None, bos_token_id=1, eos_token_id=2, **more)


def gpt2_shape(vocabulary, hidden, layers, heads, **more):
    return dict(
        vocab_size=vocabulary, n_embd=hidden, n_layer=layers, n_head=heads, n_positions=48, attn_pdrop=0.0,
        embd_pdrop=0.0, resid_pdrop=0.0, bos_token_id=1, eos_token_id=2, **more)


def by_layer(full, sliding):
    return {"full_attention": full, "sliding_attention": sliding}


SLIDING, FULL = "sliding_attention", "full_attention"
LENGTHS = [9, 1, 5]

# name: (family, lengths of the sequences, fields of the config)
CASES = {
    "llama_linear_biased": ("llama", LENGTHS, shape(
        29, 12, 14, 2, 4, 2, 6, rope_parameters=rope(rope_type="linear", factor=4.0), attention_bias=True, mlp_bias=True)),
    "llama_3": ("llama", [21, 4], shape(
        31, 16, 10, 2, 2, 1, 8, tie_word_embeddings=True, rope_parameters=rope(
            500000.0, rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
            original_max_position_embeddings=16))),
    "llama_dynamic": ("llama", LENGTHS, shape(
        23, 10, 12, 1, 1, 1, 10, rms_norm_eps=1e-5, rope_parameters=rope(rope_type="dynamic", factor=2.0))),
    "mistral_window": ("mistral", [17, 3], shape(27, 12, 20, 2, 4, 2, 4, sliding_window=5)),
    "mistral_full": ("mistral", LENGTHS, shape(33, 8, 14, 2, 2, 1, 6, sliding_window=None, tie_word_embeddings=True)),
    "mistral_classifier": ("mistral", [7, 12], shape(19, 8, 6, 1, 2, 2, 4, sliding_window=4, num_labels=2)),
    "qwen2_tied": ("qwen2", LENGTHS, shape(37, 12, 18, 2, 6, 2, 2, tie_word_embeddings=True)),
    "qwen2_window": ("qwen2", [14, 6], shape(
        25, 16, 11, 3, 2, 2, 8, use_sliding_window=True, sliding_window=4, max_window_layers=1,
        rope_parameters=rope(1000000.0))),
    "qwen2_classifier": ("qwen2", LENGTHS, shape(19, 12, 10, 1, 3, 1, 4, num_labels=1)),
    "qwen3_wide_heads": ("qwen3", LENGTHS, shape(31, 12, 14, 2, 4, 2, 10, rope_parameters=rope(1000000.0))),
    "qwen3_tied_biased": ("qwen3", [11, 2], shape(
        41, 10, 12, 2, 2, 1, 4, tie_word_embeddings=True, attention_bias=True, rms_norm_eps=1e-5)),
    "qwen3_classifier": ("qwen3", LENGTHS, shape(17, 8, 9, 1, 2, 1, 6, num_labels=3)),
    "gemma3_mixed": ("gemma3", [19, 1, 6], shape(
        35, 12, 16, 3, 4, 1, 6, query_pre_attn_scalar=8, sliding_window=5, layer_types=[SLIDING, FULL, SLIDING],
        rope_parameters=by_layer(rope(1000000.0), rope(10000.0)))),
    "gemma3_pattern": ("gemma3", [15, 4], shape(
        29, 10, 12, 2, 2, 2, 8, query_pre_attn_scalar=10, sliding_window=3, sliding_window_pattern=2,
        tie_word_embeddings=False, attention_bias=True,
        rope_parameters=by_layer(rope(1000000.0, rope_type="linear", factor=8.0), rope(10000.0)))),
    "gemma3_classifier": ("gemma3", [8, 3], shape(
        21, 8, 10, 2, 2, 1, 6, query_pre_attn_scalar=6, sliding_window=4, sliding_window_pattern=2, num_labels=2)),
    "gpt2_tied": ("gpt2", LENGTHS, gpt2_shape(37, 12, 2, 3)),
    "gpt2_untied": ("gpt2", [16, 3], gpt2_shape(
        26, 10, 2, 1, n_inner=14, tie_word_embeddings=False, activation_function="gelu_pytorch_tanh",
        layer_norm_epsilon=1e-6)),
    "gpt2_classifier": ("gpt2", LENGTHS, gpt2_shape(18, 8, 1, 2, n_inner=12, num_labels=2)),
}
GREEDY_PROMPT, GREEDY_TOKENS = 6, 24
PROMPTS_TRIED, MARGIN_MIN = 20, 2e-3


def is_gain(family, name):
    norm = "norm" in name or ".ln_" in name
    return norm and name.endswith(".weight") and family != "gemma3"


def make_model(family, case):
    config_kind, causal, classifier = FAMILIES[family]
    config = config_kind(**case, attn_implementation="eager")
    model = (classifier if "num_labels" in case else causal)(config).float().eval()
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            values = made_values(name, tensor.numel(), is_gain(family, name))
            tensor.copy_(torch.tensor(values).reshape(tensor.shape))
    return model


def run(model, case, sequences):
    """Logits of all rows and the mean loss of next tokens, or scores and their sum with made weights."""
    if "num_labels" in case:
        scores = torch.cat([model(input_ids=torch.tensor([s])).logits for s in sequences])
        weights = torch.tensor(made_values("d_scores", scores.numel(), False)).reshape(scores.shape)
        return scores, (scores * weights).sum()
    logits = [model(input_ids=torch.tensor([s]), use_cache=False).logits[0] for s in sequences]
    losses = [torch.nn.functional.cross_entropy(row[:-1], torch.tensor(s[1:]), reduction="sum")
              for row, s in zip(logits, sequences) if len(s) > 1]
    return torch.cat(logits), sum(losses) / sum(len(s) - 1 for s in sequences)


def ten_losses(model, case, sequences):
    vectors = [p for p in model.parameters() if p.dim() == 1]
    matrices = [p for p in model.parameters() if p.dim() > 1]
    optimiser = torch.optim.AdamW([{"params": matrices}, {"params": vectors, "weight_decay": 0.0}], **ADAMW)
    losses, norms = [], []
    for _ in range(STEPS):
        _, loss = run(model, case, sequences)
        optimiser.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), NORM_MAX)))
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses, norms


def greedy(model, ids):
    """One token after the other from a full forward: no cache that could share a mistake."""
    ids, margins = list(ids), []
    for _ in range(GREEDY_TOKENS):
        with torch.no_grad():
            best = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
        ids.append(int(best.indices[0]))
        margins.append(float(best.values[0] - best.values[1]))
    return {"prompt": ids[:GREEDY_PROMPT], "tokens": ids[GREEDY_PROMPT:], "margin_min": min(margins)}


def liveliest_greedy(model, name, vocabulary):
    """Of several prompts, the one whose text has most different tokens and no near tie."""
    texts = [greedy(model, made_tokens(f"{name} greedy {i}", GREEDY_PROMPT, vocabulary)) for i in range(PROMPTS_TRIED)]
    clear = [text for text in texts if text["margin_min"] > MARGIN_MIN]
    return max(clear, key=lambda text: len(set(text["tokens"])))


def config_as_written(model):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return json.loads((Path(folder) / "config.json").read_text())


def write_case(folder, name, family, lengths, case):
    model = make_model(family, case)
    tokens = made_tokens(name, sum(lengths), case["vocab_size"])
    sequences, at = [], 0
    for length in lengths:
        sequences.append(tokens[at:at + length])
        at += length
    results, loss = run(model, case, sequences)
    loss.backward()
    blocks = [("results", results.detach())] + [(n, p.grad) for n, p in model.named_parameters()]
    index, floats = [], []
    for block, tensor in blocks:
        flat = tensor.reshape(-1).tolist()
        index.append({"name": block, "offset": len(floats), "count": len(flat)})
        floats += flat
    losses, norms = ten_losses(make_model(family, case), case, sequences)
    record = {
        "made_by": f"tests/oracles/family_goldens.py, torch {torch.__version__}, transformers {transformers.__version__}",
        "config": config_as_written(model), "lengths": lengths, "loss": float(loss.detach()), "losses": losses,
        "norms": norms, "index": index}
    if "num_labels" not in case:
        record["greedy"] = liveliest_greedy(make_model(family, case), name, case["vocab_size"])
    (folder / f"{name}.bin").write_bytes(struct.pack(f"<{len(floats)}f", *floats))
    (folder / f"{name}.json").write_text(json.dumps(record) + "\n")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, (family, lengths, case) in CASES.items():
        write_case(folder, name, family, lengths, case)


if __name__ == "__main__":
    main()
