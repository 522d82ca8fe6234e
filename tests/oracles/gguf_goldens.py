"""Makes tests/engine/fixtures/gguf: what the reference implementations of GGUF write and read.

    python tests/oracles/gguf_goldens.py --llama-cpp FOLDER

Needs numpy, sentencepiece, torch, transformers and a checkout of llama.cpp, whose converter makes the models and whose
gguf-py packs and unpacks the blocks. Seed 20261123; versions go into goldens.json. Weights and texts are drawn here,
so nobody's licence applies to them.
"""

import argparse
import base64
import importlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import sentencepiece

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "engine" / "fixtures" / "gguf"
MODELS = HERE.parent / "engine" / "fixtures" / "hugging_face"
SEED = 20261123
SENTENCES = [
    "the quick brown fox jumps over the lazy dog", "a model answers, an expert judges", "été, naïve, 東京",
    "  two spaces, then\ttabs\nand lines  ", "<b>bold</b> and <i>x</i>", "1234567890 and 3.14",
    "nothing is as fast as a small model that is exact", "the expert writes, the model learns, the round ends",
    "🦊 emoji and ﬁ ligature", "", " ", "the", "the  the   the    the",
]


def text_of(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def scales(random, count):
    return random.uniform(-0.1, 0.1, (count, 1)).astype(np.float16).view(np.uint8)


def blocks(gguf, random):
    """Random blocks of every type, and the values that gguf-py sees in them."""
    halves_at = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2],
                 "Q6_K": [208]}
    golden = []
    for name in ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]:
        kind = gguf.GGMLQuantizationType[name]
        values, size = gguf.GGML_QUANT_SIZES[kind]
        if name in halves_at:
            count = 3 if values == 256 else 7
            raw = random.integers(0, 256, (count, size), dtype=np.uint8)
            for at in halves_at[name]:
                raw[:, at:at + 2] = scales(random, count)
        else:
            count = 37
            numbers = random.normal(0, 1, count).astype(np.float32)
            numbers[:6] = [0.0, -0.0, 6e-8, -3e-5, 65504.0, 1.0]
            raw = gguf.quants.quantize(numbers, kind).view(np.uint8).reshape(count, size)
        seen = gguf.quants.dequantize(raw.reshape(1, -1), kind).astype(np.float32).reshape(-1)
        golden.append({"type": name, "bytes": text_of(raw), "values": text_of(seen)})
    return golden


def packed(gguf, random):
    """What gguf-py writes for the types that we write."""
    numbers = random.normal(0, 0.02, 32 * 9).astype(np.float32)
    numbers[:32] = 0
    numbers[32:64] *= 1e-6  # the scale is a subnormal half
    numbers[64:69] = [1.0, -1.0, 0.5, 0.49803924, 2.0 ** -14]
    numbers[96:128] = np.linspace(-127, 127, 32)
    golden = [{"values": text_of(numbers)}]
    for name in ["F32", "F16", "BF16", "Q8_0"]:
        kind = gguf.GGMLQuantizationType[name]
        golden.append({"type": name, "bytes": text_of(gguf.quants.quantize(numbers.reshape(1, -1), kind).view(np.uint8))})
    return golden


def sentence_piece(gguf, random, name, space_in_front):
    """A vocabulary trained by sentencepiece, as llama.cpp's converter stores one, and what sentencepiece encodes."""
    # With a space in front the library would find defined runs of spaces across it; no such model is known.
    defined = ["<b>", "</b>"] + ([] if space_in_front else ["▁▁", "▁▁▁"])
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "text"
        text.write_text("\n".join(SENTENCES * 6))
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=f"{folder}/m", vocab_size=400, model_type="bpe", byte_fallback=True,
            character_coverage=0.985, add_dummy_prefix=space_in_front, remove_extra_whitespaces=False,
            normalization_rule_name="identity", user_defined_symbols=defined, control_symbols=["<turn>"],
            num_threads=1, minloglevel=2)
        model = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/m.model")
    tokens, kinds, points = [], [], []
    for index in range(model.vocab_size()):
        piece = model.IdToPiece(index)
        kind = gguf.TokenType.NORMAL
        if model.IsUnknown(index):
            kind = gguf.TokenType.UNKNOWN
        elif model.IsControl(index):
            kind = gguf.TokenType.CONTROL
        elif model.IsByte(index):
            kind = gguf.TokenType.BYTE
        elif piece in defined:
            kind, piece = gguf.TokenType.USER_DEFINED, piece.replace("▁", " ")
        tokens.append(piece.encode())
        kinds.append(int(kind))
        points.append(model.GetScore(index))
    writer = gguf.GGUFWriter(OUT / f"{name}.gguf", "llama")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(points)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(model.bos_id())
    writer.add_eos_token_id(model.eos_id())
    writer.add_unk_token_id(model.unk_id())
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(space_in_front)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    # Spaces in front of a defined symbol are told apart differently by the two; such texts are left out.
    texts = [text for text in SENTENCES if "<" not in text and text != ""]
    return [{"text": text, "ids": model.encode(text), "decoded": model.decode(model.encode(text))} for text in texts]


def convert(folder, out, kind, llama_cpp):
    """llama.cpp's own converter; only the look-up of the splitting rule by a hash is answered here."""
    wrapper = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.path.insert(1, sys.argv[1] + '/gguf-py')\n"
        "import conversion.base as base\n"
        "base.TextModel.get_vocab_base_pre = lambda self, tokenizer: 'gpt-2'\n"
        "sys.argv = ['convert', sys.argv[2], '--outfile', sys.argv[3], '--outtype', sys.argv[4]]\n"
        "import convert_hf_to_gguf; convert_hf_to_gguf.main()\n")
    subprocess.run([sys.executable, "-c", wrapper, str(llama_cpp), str(folder), str(out), kind], check=True,
                   stdout=subprocess.DEVNULL)


def answers(name, texts):
    """The log-probabilities that transformers, which unpacks GGUF files by gguf-py, gives to the texts."""
    import torch
    import transformers

    model = transformers.AutoModelForCausalLM.from_pretrained(OUT, gguf_file=name, dtype=torch.float32).eval()
    golden = []
    for text in texts:
        ids = text["ids"]
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0]
        golden.append(torch.log_softmax(logits, -1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])].tolist())
    return golden


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--llama-cpp", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.llama_cpp / "gguf-py"))
    gguf = importlib.import_module("gguf")
    importlib.import_module("gguf.quants")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    random = np.random.default_rng(SEED)
    golden = {
        "seed": SEED,
        "numpy": np.__version__,
        "sentencepiece": sentencepiece.__version__,
        "blocks": blocks(gguf, random),
        "packed": packed(gguf, random),
        "sentence_piece": sentence_piece(gguf, random, "sentence_piece", True),
        "sentence_piece_no_prefix": sentence_piece(gguf, random, "sentence_piece_no_prefix", False),
        "logprobs": {},
    }
    for name, kind in [("untied", "f32"), ("tied", "q8_0"), ("bfloat", "bf16"), ("half", "f16")]:
        file = f"llama_{name}_{kind}.gguf"
        convert(MODELS / name, OUT / file, kind, arguments.llama_cpp)
        texts = json.loads((MODELS / "golden.json").read_text())["models"][name]["texts"]
        golden["logprobs"][file] = answers(file, texts)
    (OUT / "goldens.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
    (OUT / "SOURCE.md").write_text(
        "# GGUF files and blocks by the reference implementations\n\nWritten by `tests/oracles/gguf_goldens.py` "
        f"(seed {SEED}, numpy {np.__version__}, sentencepiece {sentencepiece.__version__}, llama.cpp's converter) from the "
        "models in `../hugging_face`. Ours, under the licence of this repository.\n")


main()
