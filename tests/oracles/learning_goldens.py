#!/usr/bin/env python3
"""Golden files of tests/learning, made by TRL's own trainers on a tiny Llama.

Needs torch, transformers and trl; the versions used are written into the result. Run from anywhere:
    python tests/oracles/learning_goldens.py
Writes tests/learning/fixtures/tiny-llama and tests/learning/fixtures/trl.json. The same versions give the same numbers
up to the last digits of fp32.
"""

import json
import random
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F
import transformers
import trl
from datasets import Dataset
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from torch.utils.data import SequentialSampler
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, PreTrainedTokenizerFast
from trl.experimental.orpo import ORPOTrainer

SEED = 20261123
VOCABULARY = 97
PAD = 0
EOS = 1
STEPS = 10
BATCH = 4
FIXTURES = Path(__file__).resolve().parents[1] / "learning" / "fixtures"


def tiny_config(**more):
    return LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=6, max_position_embeddings=48, rms_norm_eps=1e-5, tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=EOS, pad_token_id=PAD, attn_implementation="eager", **more)


def words():
    vocabulary = {f"w{i}": i for i in range(VOCABULARY)}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(WordLevel(vocabulary, unk_token="w2")), pad_token="w0", eos_token="w1", unk_token="w2")


def save_base():
    torch.manual_seed(SEED)
    model = LlamaForCausalLM(tiny_config()).float()
    with torch.no_grad():  # larger than the usual start, so that log-probabilities differ between tokens
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(6.0)
    folder = FIXTURES / "tiny-llama"
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    return folder


def base_model(folder):
    return LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")


def pairs(count):
    draw = random.Random(SEED)

    def ids(low, high):
        return [draw.randrange(3, VOCABULARY) for _ in range(draw.randint(low, high))]

    return [{"prompt_ids": ids(2, 9), "chosen_ids": ids(1, 8) + [EOS], "rejected_ids": ids(1, 12) + [EOS]}
            for _ in range(count)]


def settings(folder, **more):
    return dict(
        output_dir=folder, max_steps=STEPS, per_device_train_batch_size=2, gradient_accumulation_steps=BATCH // 2,
        learning_rate=5e-3, lr_scheduler_type="linear", warmup_steps=0, weight_decay=0.01, max_grad_norm=1.0,
        optim="adamw_torch", adam_beta1=0.9, adam_beta2=0.999, adam_epsilon=1e-8, use_cpu=True, report_to=[],
        logging_steps=1, save_strategy="no", seed=SEED, bf16=False, fp16=False, disable_tqdm=True,
        gradient_checkpointing=False, remove_unused_columns=False, **more)


def recording(trainer_class):
    """The trainer with its data in file order, and a record of what it logs at full precision."""

    class Recording(trainer_class):
        def _prepare_dataset(self, dataset, *args, **kwargs):
            return dataset  # ids already

        def _get_train_sampler(self, *args, **kwargs):
            return SequentialSampler(self.train_dataset)

        def compute_loss(self, *args, **kwargs):
            result = super().compute_loss(*args, **kwargs)
            loss = result[0] if isinstance(result, tuple) else result
            self.recorded = getattr(self, "recorded", []) + [loss.detach().double().item()]
            return result

        def log(self, logs, *args, **kwargs):
            means = {key: sum(values) / len(values) for key, values in self._metrics["train"].items() if values}
            self.reports = getattr(self, "reports", []) + [means | {"grad_norm": logs.get("grad_norm")}]
            return super().log(logs, *args, **kwargs)

    return Recording


def steps_of(trainer, is_sum):
    """Losses of whole batches. SFT's parts are already divided by the batch's tokens (num_items_in_batch)."""
    parts = BATCH // 2
    merged = [trainer.recorded[i * parts:(i + 1) * parts] for i in range(STEPS)]
    return [sum(part) if is_sum else sum(part) / parts for part in merged]


def train_dpo(folder, data, loss_type, beta, smoothing):
    with tempfile.TemporaryDirectory() as output:
        args = trl.DPOConfig(
            **settings(output), loss_type=[loss_type], beta=beta, label_smoothing=smoothing, max_length=None)
        trainer = recording(trl.DPOTrainer)(
            model=base_model(folder), ref_model=base_model(folder), args=args, train_dataset=Dataset.from_list(data),
            processing_class=words())
        trainer.train()
        reports = trainer.reports[:STEPS]
        return {
            "loss_type": loss_type, "beta": beta, "label_smoothing": smoothing, "losses": steps_of(trainer, False),
            "gradient_norms": [report["grad_norm"] for report in reports],
            "rewards_chosen": [report["rewards/chosen"] for report in reports],
            "rewards_rejected": [report["rewards/rejected"] for report in reports],
            "accuracies": [report["rewards/accuracies"] for report in reports],
            "logps_chosen": [report["logps/chosen"] for report in reports],
        }


def train_reward(folder, data):
    torch.manual_seed(SEED + 1)
    model = LlamaForSequenceClassification(tiny_config(num_labels=1)).float()
    model.model.load_state_dict(base_model(folder).model.state_dict())
    score = model.score.weight.detach().flatten().tolist()
    draw = random.Random(SEED + 2)
    rows = [{"chosen_ids": row["prompt_ids"] + row["chosen_ids"], "rejected_ids": row["prompt_ids"] + row["rejected_ids"],
             "margin": draw.choice([0.0, 0.5, 1.0])} for row in data]
    with tempfile.TemporaryDirectory() as output:
        args = trl.RewardConfig(**settings(output), center_rewards_coefficient=0.01, max_length=None)
        trainer = recording(trl.RewardTrainer)(
            model=model, args=args, train_dataset=Dataset.from_list(rows), processing_class=words())
        trainer.train()
        return {
            "score": score, "margins": [row["margin"] for row in rows], "losses": steps_of(trainer, False),
            "gradient_norms": [report["grad_norm"] for report in trainer.reports[:STEPS]],
            "accuracies": [report["accuracy"] for report in trainer.reports[:STEPS]],
        }


def train_sft(folder, data):
    rows = [{"input_ids": row["prompt_ids"] + row["chosen_ids"],
             "labels": [-100] * len(row["prompt_ids"]) + row["chosen_ids"]} for row in data]
    with tempfile.TemporaryDirectory() as output:
        args = trl.SFTConfig(**settings(output), max_length=None)
        trainer = recording(trl.SFTTrainer)(
            model=base_model(folder), args=args, train_dataset=Dataset.from_list(rows), processing_class=words())
        trainer.train()
        return {"losses": steps_of(trainer, True),
                "gradient_norms": [report["grad_norm"] for report in trainer.reports[:STEPS]]}


def odds_ratio():
    chosen = torch.tensor([-0.05, -0.9, -3.2, -0.4], requires_grad=True)
    rejected = torch.tensor([-0.6, -0.2, -4.0, -0.4], requires_grad=True)
    bound = SimpleNamespace(beta=0.1, accelerator=SimpleNamespace(device="cpu"))
    losses = -ORPOTrainer.odds_ratio_loss(bound, chosen, rejected)[0]
    losses.sum().backward()
    return {"chosen": chosen.tolist(), "rejected": rejected.tolist(), "lambda": 0.1, "losses": losses.tolist(),
            "d_chosen": chosen.grad.tolist(), "d_rejected": rejected.grad.tolist()}


def kahneman_tversky():
    """TRL's KTOTrainer, equations (7) and (8) of the paper, copied as formulas: its loss is inside a model's pass."""
    beta, desirable_weight, undesirable_weight = 0.2, 1.3, 0.8
    ratios = torch.tensor([0.7, -1.1, 2.4, -0.3, 0.2], dtype=torch.float64, requires_grad=True)
    desirable = [True, False, False, True, True]
    reference = torch.tensor([0.9, -0.2, 1.5, 0.1, -0.6], dtype=torch.float64).mean().clamp(min=0)
    losses = [desirable_weight * (1 - F.sigmoid(beta * (r - reference))) if good else
              undesirable_weight * (1 - F.sigmoid(beta * (reference - r))) for r, good in zip(ratios, desirable)]
    loss = torch.stack(losses).mean()
    loss.backward()
    return {"beta": beta, "desirable_weight": desirable_weight, "undesirable_weight": undesirable_weight,
            "log_ratios": ratios.tolist(), "desirable": desirable, "shifted": [0.9, -0.2, 1.5, 0.1, -0.6],
            "reference_point": reference.item(), "loss": loss.item(), "d_log_ratios": ratios.grad.tolist()}


def main():
    torch.set_num_threads(1)
    folder = save_base()
    data = pairs(STEPS * BATCH)
    goldens = {
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "trl": trl.__version__},
        "seed": SEED, "steps": STEPS, "batch": BATCH, "learning_rate": 5e-3, "weight_decay": 0.01, "pairs": data,
        "sft": train_sft(folder, data),
        "reward": train_reward(folder, data),
        "dpo": [train_dpo(folder, data, "sigmoid", 0.1, 0.0), train_dpo(folder, data, "robust", 0.3, 0.2),
                train_dpo(folder, data, "ipo", 0.4, 0.0), train_dpo(folder, data, "sigmoid_norm", 2.0, 0.0)],
        "odds_ratio": odds_ratio(),
        "kahneman_tversky": kahneman_tversky(),
    }
    (FIXTURES / "trl.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
