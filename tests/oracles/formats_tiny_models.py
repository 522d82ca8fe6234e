"""Makes tests/engine/fixtures/hugging_face: tiny models as transformers writes them, and what it computes with them.

    python tests/oracles/formats_tiny_models.py

Seed 20261123; versions go into golden.json. Weights are drawn here, so nobody's licence applies to them.
"""

import json
import pathlib
import shutil

import safetensors.torch
import tokenizers
import torch
import transformers

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "engine" / "fixtures" / "hugging_face"
SEED = 20261123
CHAT = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|begin|>", "<|end|>", "<|pad|>", "<|user|>", "<|assistant|>"]
TEXTS = ["the quick brown fox jumps over the lazy dog", "a model answers, an expert judges", "été, naïve, 東京"]


def make_tokenizer(folder):
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=288, special_tokens=SPECIAL, initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS * 4, trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|begin|>", eos_token="<|end|>", pad_token="<|pad|>"
    )
    fast.chat_template = CHAT
    fast.save_pretrained(folder)
    return fast


def config(**changes):
    values = dict(
        vocab_size=288, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=10000.0,
        bos_token_id=0, eos_token_id=1, pad_token_id=2, tie_word_embeddings=False, initializer_range=0.5,
    )
    values.update(changes)
    return transformers.LlamaConfig(**values)


def shake_gains(model):
    # Gains of one would hide a gain that is applied twice or not at all.
    for name, parameter in model.named_parameters():
        if "norm" in name:
            parameter.data.uniform_(0.5, 1.5)


def answers(model, tokenizer):
    golden = []
    for text in TEXTS:
        ids = tokenizer(text)["input_ids"]
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0].float()
        logprobs = torch.log_softmax(logits, -1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])]
        golden.append({"text": text, "ids": ids, "logprobs": logprobs.tolist()})
    return golden


def greedy(model, ids, count):
    """One token after the other from a full forward: no cache, no generation code that could share a mistake."""
    ids = list(ids)
    tokens, logprobs, margins = [], [], []
    for _ in range(count):
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, -1].float()
        best = logits.topk(2)
        tokens.append(int(best.indices[0]))
        logprobs.append(float(torch.log_softmax(logits, -1)[tokens[-1]]))
        margins.append(float(best.values[0] - best.values[1]))
        ids.append(tokens[-1])
    return {"prompt": ids[: len(ids) - count], "tokens": tokens, "logprobs": logprobs, "margin_min": min(margins)}


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    golden = {
        "seed": SEED,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "models": {},
    }

    def causal(name, dtype=torch.float32, shard="5GB", **changes):
        folder = OUT / name
        model = transformers.LlamaForCausalLM(config(**changes)).eval()
        shake_gains(model)
        model = model.to(dtype)
        model.generation_config = transformers.GenerationConfig(
            bos_token_id=0, eos_token_id=[1, 3], pad_token_id=2, do_sample=True, temperature=0.7, top_k=5, top_p=0.9
        )
        model.save_pretrained(folder, max_shard_size=shard)
        tokenizer = make_tokenizer(folder)
        # As a reader gets it: casting in place would leave the rotary frequencies rounded.
        model = transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        golden["models"][name] = {
            "texts": answers(model, tokenizer),
            "greedy": [greedy(model, tokenizer(text)["input_ids"], 20) for text in TEXTS],
        }

    causal("untied")
    causal("tied", tie_word_embeddings=True, rope_theta=500000.0)
    causal("half", dtype=torch.float16)
    causal("bfloat", dtype=torch.bfloat16)
    causal("sharded", dtype=torch.bfloat16, shard="20KB")

    folder = OUT / "reward"
    model = transformers.LlamaForSequenceClassification(config(num_labels=1)).eval()
    shake_gains(model)
    model.save_pretrained(folder)
    tokenizer = make_tokenizer(folder)
    scores = []
    for text in TEXTS:
        ids = tokenizer(text)["input_ids"]
        with torch.no_grad():
            scores.append({"ids": ids, "score": float(model(torch.tensor([ids])).logits[0, 0])})
    golden["models"]["reward"] = {"scores": scores}

    (OUT / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    (OUT / "SOURCE.md").write_text(
        "# Tiny Llama models with random weights\n\nWritten by `tests/oracles/formats_tiny_models.py` "
        f"(seed {SEED}, transformers {transformers.__version__}, torch {torch.__version__}). "
        "Ours, under the licence of this repository.\n"
    )


main()
