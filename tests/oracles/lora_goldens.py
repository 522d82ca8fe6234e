"""Makes tests/engine/fixtures/lora: adapters as PEFT writes them, and what it computes with them on a tiny model.

    python tests/oracles/lora_goldens.py

Seed 20261123; versions go into golden.json. Weights are drawn here, so nobody's licence applies to them.
"""

import json
import pathlib
import shutil

import peft
import torch
import transformers

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "engine" / "fixtures" / "lora"
BASE = HERE.parent / "engine" / "fixtures" / "hugging_face" / "untied"
SEED = 20261123
IDS = [3, 17, 140, 250, 61, 7, 99, 201, 11, 12, 280, 5]


def logprobs(model):
    with torch.no_grad():
        logits = model(torch.tensor([IDS])).logits[0].float()
    return torch.log_softmax(logits, -1)[torch.arange(len(IDS) - 1), torch.tensor(IDS[1:])].tolist()


def adapted(name, **options):
    base = transformers.AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32).eval()
    model = peft.get_peft_model(base, peft.LoraConfig(task_type="CAUSAL_LM", bias="none", **options)).eval()
    for key, parameter in model.named_parameters():
        if "lora_B" in key:  # zero at the start: would hide everything
            parameter.data.normal_(0, 0.1)
    answers = logprobs(model)
    model.save_pretrained(OUT / name)
    (OUT / name / "README.md").unlink(missing_ok=True)
    # The base's folder on this machine is nobody's business.
    path = OUT / name / "adapter_config.json"
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = "untied"
    path.write_text(json.dumps(config, indent=2) + "\n")
    return answers


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    base = transformers.AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32).eval()
    golden = {
        "seed": SEED, "torch": torch.__version__, "peft": peft.__version__, "ids": IDS, "base": logprobs(base),
        "plain": adapted("plain", r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"]),
        "stabilised": adapted("stabilised", r=3, lora_alpha=5, use_rslora=True, target_modules="all-linear"),
    }
    (OUT / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    (OUT / "SOURCE.md").write_text(
        "# LoRA adapters as PEFT writes them\n\nWritten by `tests/oracles/lora_goldens.py` (seed "
        f"{SEED}, peft {peft.__version__}, torch {torch.__version__}) for `../hugging_face/untied`. Ours, under the licence "
        "of this repository.\n")


main()
