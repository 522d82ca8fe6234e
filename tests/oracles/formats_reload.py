"""Reloads exported model folders in transformers and compares its answers with the golden ones of the manifest.

    python tests/oracles/formats_reload.py FOLDER...

Exits 1 when a file differs from its hash, a weight is missing or unexpected, Python warns while reading the folder, or an
answer differs by more than 1e-3. Run with transformers 4.4x or 5.x.
"""

import hashlib
import json
import pathlib
import sys
import warnings

import torch
import transformers

TOLERANCE = 1e-3


def check(condition, message):
    if not condition:
        raise SystemExit(f"FAILED: {message}")


def check_files(folder, manifest):
    for name, entry in manifest["files"].items():
        content = (folder / name).read_bytes()
        check(hashlib.sha256(content).hexdigest() == entry["sha256"], f"{name} is not what the manifest says")
    template = folder / "chat_template.jinja"
    if template.exists():
        digest = hashlib.sha256(template.read_bytes()).hexdigest()
        check(digest == manifest["template_sha256"], "the template is not what the manifest says")


def load(folder, classifies):
    kind = transformers.AutoModelForSequenceClassification if classifies else transformers.AutoModelForCausalLM
    model, info = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    for key in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        check(not info[key], f"{key}: {info[key]}")
    return model.eval()


def check_generation(folder, model):
    settings = transformers.GenerationConfig.from_pretrained(folder)
    eos = settings.eos_token_id if isinstance(settings.eos_token_id, list) else [settings.eos_token_id]
    check(settings.pad_token_id is None or settings.pad_token_id not in eos, "the pad id is in the EOS list")
    with torch.no_grad():
        model.generate(torch.tensor([[0, 5]]), max_new_tokens=4, do_sample=False, pad_token_id=eos[0])


def check_tokenizer(folder):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text = "A model answers, été 東京."
    check(tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text, "the tokenizer loses text")
    if (folder / "chat_template.jinja").exists():
        rendered = tokenizer.apply_chat_template(
            [{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True
        )
        check("hi" in rendered, "the chat template does not render")


def answers_error(model, golden, classifies):
    ids = torch.tensor([golden["ids"]])
    with torch.no_grad():
        logits = model(ids).logits[0]
    if classifies:
        answers, expected = logits, torch.tensor(golden["scores"])
    else:
        answers = torch.log_softmax(logits[:-1].float(), -1).gather(1, ids[0, 1:, None])[:, 0]
        expected = torch.tensor(golden["logprobs"])
    check(answers.shape == expected.shape and len(expected) > 0, "no golden answers to compare")
    return float((answers - expected).abs().max())


def main():
    check(len(sys.argv) > 1, "name at least one folder")
    warnings.simplefilter("error")
    for name in sys.argv[1:]:
        folder = pathlib.Path(name)
        manifest = json.loads((folder / "manifest.json").read_text())
        classifies = bool(manifest["golden"]["scores"])
        check_files(folder, manifest)
        model = load(folder, classifies)
        check_tokenizer(folder)
        if not classifies:
            check_generation(folder, model)
        error = answers_error(model, manifest["golden"], classifies)
        check(error <= TOLERANCE, f"{name}: answers differ by {error:.2e}")
        print(f"{name}: {len(manifest['golden']['ids'])} tokens, largest difference {error:.1e}")
    print(f"all equal (transformers {transformers.__version__}, torch {torch.__version__})")


main()
