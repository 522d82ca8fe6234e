"""Whether PEFT reads the adapters that Preceptor trains, and computes what the merged model does.

    python tests/oracles/adapter_reload.py build/release/preceptor untied

Trains adapters of every objective on a tiny model of tests/engine/fixtures/hugging_face, loads them with PEFT on the same
base, merges them there and compares weight by weight with the merged folder, which is rounded to bf16. Prints the
largest difference in units of a weight's last place; exits 1 beyond 1 (both sides round a sum of their own).
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

BASE = pathlib.Path(__file__).resolve().parent.parent / "engine" / "fixtures" / "hugging_face"


def rows():
    pairs = [{"prompt": [{"role": "user", "content": f"Question {i}"}],
              "chosen": [{"role": "assistant", "content": "Yes, it is."}],
              "rejected": [{"role": "assistant", "content": "No."}]} for i in range(24)]
    turns = [{"messages": [*pair["prompt"], *pair["chosen"]]} for pair in pairs]
    return {"sft": turns, "dpo": pairs, "reward": pairs}


def difference(program, base, objective, data, folder):
    file = folder / f"{objective}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in data))
    out = folder / objective
    subprocess.run([program, "train", objective, "--data", file, "--model", base, "--out", out, "--set", "lora_rank=4",
                    "--set", "learning_rate=0.02", "--set", "epochs=3", "--held-out", "0"], check=True,
                   stdout=subprocess.DEVNULL)
    reward = objective == "reward"
    kind = AutoModelForSequenceClassification if reward else AutoModelForCausalLM
    more = {"num_labels": 1, "pad_token_id": 0} if reward else {}
    start = kind.from_pretrained(base, dtype=torch.float32, **more)
    adapted_weights = PeftModel.from_pretrained(start, out / "adapter").merge_and_unload().state_dict()
    merged = kind.from_pretrained(out, dtype=torch.float32).state_dict()
    plain = kind.from_pretrained(base, dtype=torch.float32, **more).state_dict()
    worst, learned = 0.0, 0
    for name, ours in merged.items():
        theirs = adapted_weights[name].to(torch.bfloat16).float()
        place = torch.maximum(theirs.abs(), torch.tensor(1e-30)).log2().floor().exp2() / 128
        worst = max(worst, float(((ours - theirs).abs() / place).max()))
        learned += int((plain[name].to(torch.bfloat16).float() != ours).sum())
    return worst, learned


def main():
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for objective, data in rows().items():
            places, learned = difference(sys.argv[1], BASE / sys.argv[2], objective, data, pathlib.Path(folder))
            print(f"{objective}: {places:.2f} places apart at most, {learned} weights changed")
            worst = max(worst, places)
    sys.exit(worst > 1)


main()
