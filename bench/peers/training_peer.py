"""One peer, one kind of training, in a process of its own, run by run in turn with others.

    training_peer.py CASE --shape smollm2-135m --runs 5

Before each run it prints "ready" and waits for a line on stdin, after it the run's rate; at the end
{peer_name, peer_settings, unit, peak_rss_bytes} as JSON.
"""
import argparse
import json
import resource
import sys
import time

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (AutoModelForCausalLM, AutoModelForSequenceClassification, LlamaConfig,
                          PreTrainedTokenizerFast, TrainerCallback)

import workload

WARM_UP = 1
EXAMPLES_PER_RUN = 8  # so that a run of small batches sees as many lengths as one of large ones


def config(shape):
    return LlamaConfig(**workload.SHAPES[shape], max_position_embeddings=2048, tie_word_embeddings=True,
                       bos_token_id=0, eos_token_id=0, pad_token_id=0)


def model(shape, dtype=torch.float32, attention="sdpa"):
    torch.manual_seed(1)
    return AutoModelForCausalLM.from_config(config(shape), dtype=dtype, attn_implementation=attention)


def tokenizer(shape):
    """Words w0 … wN are the ids 0 … N, so that texts stand for exact ids."""
    vocabulary = {f"w{i}": i for i in range(workload.SHAPES[shape]["vocab_size"])}
    plain = Tokenizer(models.WordLevel(vocabulary, unk_token="w0"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="w0", pad_token="w0", bos_token="w0")


def text(ids):
    return " ".join(f"w{i}" for i in ids)


class Turns:
    """The turns of this process, in each of which it does one run."""

    def __init__(self, runs, output):
        self.left, self.output = runs, output

    def wait(self):
        if self.left > 0:
            print("ready", file=self.output, flush=True)
            sys.stdin.readline()

    def tell(self, rate):
        self.left -= 1
        print(rate, file=self.output, flush=True)


class StepRates(TrainerCallback):
    """Tells each run's rate after the warm-up: the work of its steps by their time, counted from the first step's end."""

    def __init__(self, turns, batch, sizes=None):
        self.turns, self.batch, self.sizes = turns, batch, sizes
        self.steps = EXAMPLES_PER_RUN // batch
        self.seconds, self.start = [], None

    def on_step_end(self, *_args, **_kwargs):
        if self.start is not None:
            self.seconds.append(time.perf_counter() - self.start)
        done = len(self.seconds)
        if done % self.steps == 0 and done > WARM_UP * self.steps:
            sizes = self.sizes[1:][done - self.steps:done] if self.sizes else [self.batch] * self.steps
            self.turns.tell(sum(sizes) / sum(self.seconds[-self.steps:]))
        if done % self.steps == 0 and done >= WARM_UP * self.steps:
            self.turns.wait()
        self.start = time.perf_counter()


def dense_runs(arguments, turns, step):
    """step: one step of training on some documents."""
    documents = workload.dense(arguments.shape, 2 * (arguments.runs + WARM_UP))
    for run in range(arguments.runs + WARM_UP):
        ids = torch.tensor(documents[2 * run:2 * run + 2])
        if run >= WARM_UP:
            turns.wait()
        start = time.perf_counter()
        step(ids)
        if run >= WARM_UP:
            turns.tell(ids.numel() / (time.perf_counter() - start))
    return "tokens/s"


def dense(arguments, turns, dtype, autocast):
    """Plain PyTorch: forward, backward, clipping, fused AdamW."""
    net = model(arguments.shape, dtype)
    net.train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-4, fused=True)

    def step(ids):
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            loss = net(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()

    return dense_runs(arguments, turns, step)


def lora(arguments, turns):
    from peft import LoraConfig, get_peft_model
    net = get_peft_model(model(arguments.shape, torch.bfloat16),
                         LoraConfig(r=16, lora_alpha=32, target_modules="all-linear"))
    net.train()
    optimiser = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-4, fused=True)

    def step(ids):
        net(input_ids=ids, labels=ids).loss.backward()
        optimiser.step()
        optimiser.zero_grad()

    return dense_runs(arguments, turns, step)


def common(arguments, batch, **settings):
    steps = (arguments.runs + WARM_UP) * (EXAMPLES_PER_RUN // batch) + 1  # times are taken from the first one's end
    return dict(output_dir=arguments.scratch, max_steps=steps, per_device_train_batch_size=batch,
                use_cpu=True, report_to=[], save_strategy="no", logging_strategy="no", disable_tqdm=True, seed=1,
                **settings)


def sft(arguments, turns, batch, **settings):
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer
    documents = workload.mixed(arguments.shape)
    sizes = []

    class Trainer(SFTTrainer):
        def training_step(self, network, inputs, *rest, **named):
            sizes.append(int(inputs["attention_mask"].sum()) if "attention_mask" in inputs
                         else inputs["input_ids"].numel())
            return super().training_step(network, inputs, *rest, **named)

        def _get_train_sampler(self, *_):
            return torch.utils.data.SequentialSampler(self.train_dataset)

    trainer = Trainer(model=model(arguments.shape), processing_class=tokenizer(arguments.shape),
                      train_dataset=Dataset.from_dict({"input_ids": documents}),
                      callbacks=[StepRates(turns, batch, sizes)],
                      args=SFTConfig(**common(arguments, batch, max_length=1024, **settings)))
    trainer.train()
    return "tokens/s"


def preference_rows(arguments, batch):
    rows = workload.pairs(arguments.shape, EXAMPLES_PER_RUN * (arguments.runs + WARM_UP) + batch)
    return {key: [text(row[key]) for row in rows] for key in ("prompt", "chosen", "rejected")}


def dpo(arguments, turns, batch, dtype=torch.float32, **settings):
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer
    # From a folder: the trainer reads its reference model from where the model came from.
    folder = f"{arguments.scratch}/start"
    model(arguments.shape, dtype).save_pretrained(folder)
    net = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa")
    trainer = DPOTrainer(model=net, processing_class=tokenizer(arguments.shape),
                         train_dataset=Dataset.from_dict(preference_rows(arguments, batch)),
                         callbacks=[StepRates(turns, batch)],
                         args=DPOConfig(**common(arguments, batch, max_length=1024, **settings)))
    trainer.train()
    return "pairs/s"


def reward(arguments, turns, batch, dtype=torch.float32, **settings):
    from datasets import Dataset
    from trl import RewardConfig, RewardTrainer
    torch.manual_seed(1)
    shape = config(arguments.shape)
    shape.num_labels = 1
    net = AutoModelForSequenceClassification.from_config(shape, dtype=dtype)
    trainer = RewardTrainer(model=net, processing_class=tokenizer(arguments.shape),
                            train_dataset=Dataset.from_dict(preference_rows(arguments, batch)),
                            callbacks=[StepRates(turns, batch)],
                            args=RewardConfig(**common(arguments, batch, max_length=1024, **settings)))
    trainer.train()
    return "pairs/s"


CASES = {
    "full_autocast": ("PyTorch", "autocast bf16, SDPA, fused AdamW", lambda a, t: dense(a, t, torch.float32, True)),
    "full_bf16": ("PyTorch", "bf16 weights, SDPA, fused AdamW", lambda a, t: dense(a, t, torch.bfloat16, False)),
    "lora": ("PEFT", "bf16 weights, r 16, all linear layers", lora),
    "sft_default": ("TRL", "defaults: batch 8, padded", lambda a, t: sft(a, t, 8)),
    "sft_tuned": ("TRL", "batch 1, no recompute, bf16", lambda a, t: sft(a, t, 1, gradient_checkpointing=False, bf16=True)),
    "dpo_default": ("TRL", "defaults: batch 8", lambda a, t: dpo(a, t, 8)),
    "dpo_tuned": ("TRL", "batch 1, cached reference, no recompute, bf16 weights",
                  lambda a, t: dpo(a, t, 1, torch.bfloat16, gradient_checkpointing=False, precompute_ref_log_probs=True)),
    "reward_default": ("TRL", "defaults: batch 8", lambda a, t: reward(a, t, 8)),
    "reward_tuned": ("TRL", "batch 1, no recompute, bf16 weights",
                     lambda a, t: reward(a, t, 1, torch.bfloat16, gradient_checkpointing=False)),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--shape", default="smollm2-135m", choices=workload.SHAPES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scratch", required=True)
    arguments = parser.parse_args()
    name, settings, work = CASES[arguments.case]
    output, sys.stdout = sys.stdout, sys.stderr
    unit = work(arguments, Turns(arguments.runs, output))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    json.dump(dict(peer_name=f"{name} {torch.__version__ if name == 'PyTorch' else ''}".strip(),
                   peer_settings=settings, unit=unit, peak_rss_bytes=peak), output)


if __name__ == "__main__":
    main()
