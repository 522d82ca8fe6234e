#!/usr/bin/env python3
"""Logits after the sampling rules of transformers: tests/engine/fixtures/sampling.json.

Run with a Python that has torch and transformers: tests/oracles/sampling_goldens.py
"""
import json
import pathlib

import torch
import transformers
from transformers import (LogitsProcessorList, MinNewTokensLengthLogitsProcessor, MinPLogitsWarper,
                          RepetitionPenaltyLogitsProcessor, SequenceBiasLogitsProcessor, TemperatureLogitsWarper,
                          TopKLogitsWarper, TopPLogitsWarper)

OUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "fixtures" / "sampling.json"
SEED = 20261123
VOCABULARY = 24


def case(generator, prompt_size, text_size, settings):
    ids = torch.randint(0, VOCABULARY, (prompt_size + text_size,), generator=generator)
    logits = 3 * torch.randn(1, VOCABULARY, generator=generator)
    rules = LogitsProcessorList()
    if settings.get("logit_bias"):
        rules.append(SequenceBiasLogitsProcessor({(i,): b for i, b in settings["logit_bias"]}))
    if "repetition_penalty" in settings:
        rules.append(RepetitionPenaltyLogitsProcessor(settings["repetition_penalty"]))
    changed = rules(ids[None], logits.clone())
    # transformers has neither of these two; the formula is that of the OpenAI API reference.
    for token in range(VOCABULARY):
        count = int((ids[prompt_size:] == token).sum())
        changed[0, token] -= settings.get("frequency_penalty", 0) * count + settings.get("presence_penalty", 0) * (count > 0)
    if "tokens_min" in settings:
        rule = MinNewTokensLengthLogitsProcessor(prompt_size, settings["tokens_min"], settings["stop_ids"], device="cpu")
        changed = rule(ids[None], changed)
    warpers = LogitsProcessorList([TemperatureLogitsWarper(settings.get("temperature", 1.0))])
    if "top_k" in settings:
        warpers.append(TopKLogitsWarper(settings["top_k"]))
    if "top_p" in settings:
        warpers.append(TopPLogitsWarper(settings["top_p"]))
    if "min_p" in settings:
        warpers.append(MinPLogitsWarper(settings["min_p"]))
    warped = warpers(ids[None], changed.clone())
    return {
        "prompt": ids[:prompt_size].tolist(),
        "text": ids[prompt_size:].tolist(),
        "settings": settings,
        "logits": logits[0].tolist(),
        "changed": [value if value != float("-inf") else None for value in changed[0].tolist()],
        "probabilities": warped.softmax(-1)[0].tolist(),
    }


def main():
    generator = torch.Generator().manual_seed(SEED)
    settings = [
        {"repetition_penalty": 1.3},
        {"repetition_penalty": 0.8, "temperature": 0.7},
        {"presence_penalty": 0.6, "frequency_penalty": 0.4},
        {"presence_penalty": -1.5, "frequency_penalty": 1.2, "repetition_penalty": 1.1},
        {"logit_bias": [[3, 2.5], [7, -4.0]]},
        {"logit_bias": [[0, 1.0], [23, -100.0]], "repetition_penalty": 2.0, "top_k": 6},
        {"tokens_min": 40, "stop_ids": [1, 5]},
        {"tokens_min": 4, "stop_ids": [1, 5]},
        {"min_p": 0.1},
        {"min_p": 0.05, "temperature": 1.6, "top_p": 0.9},
        {"min_p": 0.3, "top_k": 10, "top_p": 0.95, "repetition_penalty": 1.2},
    ]
    cases = [case(generator, 9, 5 + index, chosen) for index, chosen in enumerate(settings)]
    OUT.write_text(json.dumps({
        "made_by": "tests/oracles/sampling_goldens.py",
        "seed": SEED,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "cases": cases,
    }) + "\n")
    print(f"{OUT}: {len(cases)} cases")


if __name__ == "__main__":
    main()
