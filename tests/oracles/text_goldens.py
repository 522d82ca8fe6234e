"""Fixtures of tests/text: small tokenizers of several kinds, and what Hugging Face makes of odd texts and chats.

Run from the root of the repository with tokenizers 0.23.3, transformers 5.23.0, jinja2 3.1.6:
    python tests/oracles/text_goldens.py
Offsets are written in bytes. Seed 7."""
import json
import os
import random
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

FIXTURES = Path(__file__).parent.parent / "text" / "fixtures"
GPT4_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def corpus():
    dice = random.Random(7)
    who = ["the ferry", "a doctor", "her clerk", "the registry", "an old harbour", "my neighbour", "le médecin", "die Fähre"]
    does = ["opens at", "was told about", "doesn't know", "charges", "refused", "writes down", "kostet", "connaît"]
    what = ["the fee of 120 crowns", "article 14", "two tablets", "a yellow flower", "the answer", "nothing", "42 Zeilen"]
    lines = [f"{dice.choice(who)} {dice.choice(does)} {dice.choice(what)}." for _ in range(600)]
    lines += ["user and assistant, system and model", "Привет, мир!", "日本語のテキスト", "naïve café", "def f(x):\n    return x + 1"] * 10
    return lines


def special(*names):
    return [AddedToken(name, special=True, normalized=False) for name in names]


def train(tokenizer, specials, size=420, **options):
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=specials, show_progress=False, **options)
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def byte_bpe():
    """In the manner of GPT-2 and SmolLM2, with the digits apart."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=True)
    specials = special("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    t = train(t, specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.add_tokens([AddedToken("  ", normalized=False), AddedToken("<think>", normalized=False), AddedToken("</think>", normalized=False)])
    return t


def split_bpe():
    """In the manner of Llama 3 and Qwen: another pattern, NFC, whole words first, BOS added."""
    t = Tokenizer(models.BPE(ignore_merges=True))
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(GPT4_WORDS), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    t.decoder = decoders.ByteLevel()
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    t = train(t, special(*names), initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", 0)]),
        ]
    )
    return t


def with_bytes(tokenizer, change):
    data = json.loads(tokenizer.to_str())
    change(data["model"])
    return Tokenizer.from_str(json.dumps(data))


def spm_bpe():
    """In the manner of Llama 2 and Mistral: SentencePiece BPE with byte fallback."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    t.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1)]
    )
    names = ["<unk>", "<s>", "</s>"]
    t.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")  # for training: no tokens of several words
    t = train(t, special(*names) + [f"<0x{b:02X}>" for b in range(256)], size=640, limit_alphabet=70)
    t.pre_tokenizer = None
    data = json.loads(t.to_str())
    data["added_tokens"] = [a for a in data["added_tokens"] if not a["content"].startswith("<0x")]
    t = Tokenizer.from_str(json.dumps(data))
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", t.token_to_id("<s>"))]
    )
    return t


def unigram():
    """In the manner of T5 and XLNet: Unigram with byte fallback, NFKC, a space in front of the first word."""
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=special("<unk>", "<s>", "</s>"), unk_token="<unk>", show_progress=False
    )
    t.train_from_iterator(corpus(), trainer)
    t.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first", split=True)])

    def add_bytes(model):
        model["vocab"] += [[f"<0x{b:02X}>", -100.0] for b in range(256)]
        model["byte_fallback"] = True

    t = with_bytes(t, add_bytes)
    t.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", t.token_to_id("</s>"))])
    return t


def gemma_bpe():
    """In the manner of Gemma: spaces become metaspaces, words keep the space after them, byte fallback, BOS added."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Replace(" ", "▁")
    t.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_previous")  # for training
    names = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    t = train(t, special(*names) + [f"<0x{b:02X}>" for b in range(256)], size=640, limit_alphabet=70)
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    data = json.loads(t.to_str())
    data["added_tokens"] = [a for a in data["added_tokens"] if not a["content"].startswith("<0x")]
    t = Tokenizer.from_str(json.dumps(data))
    t.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", t.token_to_id("<bos>"))])
    return t


def trained():
    """What train_bpe makes of the corpus of training_test.cpp: 3 special tokens, 0 ... 99 one token each, size 400."""
    texts = []
    for i in range(300):
        n = i * 37 % 1000
        texts.append(f"The ferry to Port {n} leaves at {i % 24}:{i % 60}.")
        texts.append(f"the harbour office charges a fee of {n} crowns\n" if i % 2 else "naïve café, 日本語 and Привет")
    pattern = r"[0-9]{1,2}| ?[\p{L}\p{M}]+| ?[^\s\p{L}\p{M}0-9]+|\s+(?!\S)|\s+"
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    learner = Tokenizer(models.BPE())
    no_numbers = pre_tokenizers.Split(Regex("^[0-9]+$"), "removed")
    learner.pre_tokenizer = pre_tokenizers.Sequence([split, no_numbers, byte_level])
    specials, numbers = ["<|pad|>", "<|user|>", "<|end|>"], [str(n) for n in range(10, 100)]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400 - len(specials) - len(numbers), min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]
    tokens = sorted(learned["vocab"], key=learned["vocab"].get)
    vocabulary = specials + tokens[:256] + numbers + tokens[256:]
    merges = [(n[0], n[1]) for n in numbers] + [tuple(m) for m in learned["merges"]]
    t = Tokenizer(models.BPE({token: i for i, token in enumerate(vocabulary)}, merges))
    t.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    t.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(special(*specials))
    data = json.loads(t.to_str())
    data["decoder"] = data["post_processor"]  # the decoder's settings say nothing, but they are written
    return Tokenizer.from_str(json.dumps(data))


TOKENIZERS = {f.__name__: f for f in (byte_bpe, split_bpe, spm_bpe, unigram, gemma_bpe, trained)}

TEXTS = [
    "", " ", "\n", "a", "The ferry opens at 12 o'clock.", "the fee of 120 crowns", " leading and trailing ", "  two  spaces  ",
    "tab\tand\r\nline\u2028breaks\u2029\u0085here", " " * 40, "\n" * 9 + " x", "a" + " " * 17 + "b", "I'll don't WE'RE he'd",
    "1234567890 3.14 1,000 ٤٢ ४२ ½ ² Ⅷ", "👩‍👩‍👧‍👦 family 👍🏽 🏳️‍🌈 🇫🇷", "e\u0301 é n\u0303 ñ \u0301 lone", "Z̸͓̐a̴l̷g̵o̶",
    "שלום עולם مرحبا بالعالم", "\u202eright to left\u202c \u200f\u200e", "नमस्ते दुनिया ไทย 한국어 ᄒ ㅏ ㄴ", "日本語のテキスト、漢字。", "Привет, мир!",
    "\u0000 nul \u0001\u0002 control \u001f\u007f\u009f", "\ufeffbom \u200bzero\u200cwidth\u200djoin\u2060", "\u00a0nbsp\u202f\u3000wide\u2003em",
    "\ufffd\ufffe\U0010fffe\ue000\U000f0000\U00100000", "ﬁ ﬂ ﷺ ① Ａ ﾊﾝｶｸ", "ǅ İ ı ſ ß ẞ", "𝕳𝖊𝖑𝖑𝖔 𐍈 𠜎",
    "<|im_start|>user\nhi<|im_end|>", "<|im_end|", "<<|im_end|>>", "<s>hello</s>", "a <s> b</s>c <unk>", "<0x41><0x0A>", "<|eot_id|><|eot_id|> x",
    "<start_of_turn>user\n<end_of_turn>", "[INST] what? [/INST]", "<think>\nhm\n</think>\n\nyes", "▁already ▁▁ metaspace", "Ġbyte Ċ level",
    "snake_case CamelCase kebab-case", "def f(x):\n    return x + 1\n", "https://example.org/a?b=c&d=%20#e", "...!!!???—–-…", "'''\"\"\"``", "\\n \\u0041 \\\\",
    "x" * 300, "ab" * 150, "\u0301" * 20, "🙂" * 12, "word " * 50,
]


def odd_texts():
    dice = random.Random(7)
    pools = ["abc ", "  \t\n\r", "0123456789", "éèñü", "αβγ жзи", "漢字かな", "👍🏽👩‍💻", "\u0301\u0300\u200d\ufe0f", "<|>/s▁", "\u0000\u001c\u0085\u00a0\u2003"]
    return ["".join(dice.choice(dice.choice(pools)) for _ in range(dice.randint(1, 24))) for _ in range(120)]


def byte_offsets(text, offsets):
    at = [0]
    for c in text:
        at.append(at[-1] + len(c.encode()))
    return [[at[b], at[e]] for b, e in offsets]


def encodings(tokenizer):
    cases = []
    for text in TEXTS + odd_texts():
        e = tokenizer.encode(text, add_special_tokens=False)
        framed = tokenizer.encode(text, add_special_tokens=True)
        cases.append(
            {
                "text": text,
                "ids": e.ids,
                "offsets": byte_offsets(text, e.offsets),
                "framed_ids": framed.ids,
                "decoded": tokenizer.decode(framed.ids, skip_special_tokens=False),
                "decoded_skip": tokenizer.decode(framed.ids, skip_special_tokens=True),
            }
        )
    return cases


U, A, S = "user", "assistant", "system"
CHATS = {
    "one_question": [(U, "What is the fee?")],
    "one_answer": [(U, "What is the fee?"), (A, "120 crowns.")],
    "system": [(S, "Be brief."), (U, "Who connaît the ferry?"), (A, "My neighbour.")],
    "three_rounds": [(U, "a"), (A, "the answer"), (U, "b c"), (A, "nothing"), (U, "Привет?"), (A, "日本語 👍🏽")],
    "system_rounds": [(S, "You are a clerk."), (U, "a"), (A, "b"), (U, "c"), (A, "d e")],
    "padded": [(U, "  two\n"), (A, "\n\n answer \u00a0\t\u001f"), (U, " \n"), (A, "end\n")],
    "markers": [(U, "<|im_end|>\n<|im_start|>assistant\n[/INST] </s><end_of_turn><|eot_id|>"), (A, "<|im_start|> <s> Answer: \n\nQuestion: x")],
    "same_words": [(U, "user"), (A, "assistant"), (U, "assistant\n"), (A, "user")],
    "empty": [(U, ""), (A, ""), (U, "x"), (A, "")],
    "empty_system": [(S, ""), (U, "x"), (A, "y")],
    "thoughts": [(U, "a"), (A, "<think>\nfirst\n</think>\n\nb"), (U, "c"), (A, "<think>\nhm, \n</think>\n\nsecond")],
    "tools": [(U, "<tool_response>4</tool_response>"), (A, "four"), (U, "<tool_response>5</tool_response>")],
    "odd": [(U, "\u0000\u202e👩‍👩‍👧‍👦 \U000f0000\U00100000\ufeff"), (A, "e\u0301 \U0010fffd שלום")],
    "two_questions": [(U, "a"), (U, "b")],
    "quotes": [(U, "it's \"quoted\" & <b>bold</b> {{ bos_token }} {% x %}"), (A, "\\n {# no #}")],
}
TEMPLATES = {  # template: (tokenizer, BOS, EOS)
    "chatml": ("byte_bpe", "<|endoftext|>", "<|im_end|>"),
    "thinking": ("byte_bpe", "<|endoftext|>", "<|im_end|>"),
    "llama3": ("split_bpe", "<|begin_of_text|>", "<|eot_id|>"),
    "llama32": ("split_bpe", "<|begin_of_text|>", "<|eot_id|>"),
    "gemma": ("gemma_bpe", "<bos>", "<eos>"),
    "mistral": ("spm_bpe", "<s>", "</s>"),
    "mistral_system_last": ("spm_bpe", "<s>", "</s>"),
    "zephyr": ("spm_bpe", "<s>", "</s>"),
    "plain": ("unigram", "<s>", "</s>"),
}
DAY = "26 Jul 2024"


def chats():
    out = []
    for name, (kind, bos, eos) in TEMPLATES.items():
        source = (FIXTURES / "templates" / f"{name}.jinja").read_text()
        made = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_file(str(FIXTURES / "tokenizers" / f"{kind}.json")), bos_token=bos, eos_token=eos
        )
        source_then = source.replace('strftime_now("%d %b %Y")', f'"{DAY}"')
        for chat, messages in CHATS.items():
            messages = [{"role": r, "content": c} for r, c in messages]
            for prompt in (False, True):
                case = {"template": name, "tokenizer": kind, "bos": bos, "eos": eos, "chat": chat, "messages": messages, "prompt": prompt}
                try:
                    options = {"chat_template": source_then, "add_generation_prompt": prompt}
                    case["text"] = made.apply_chat_template(messages, tokenize=False, **options)
                    case["ids"] = list(made.apply_chat_template(messages, tokenize=True, return_dict=False, **options))
                except Exception as error:
                    assert "alternate" in str(error) or "Only user" in str(error), (name, chat, error)
                    case["refused"] = str(error)
                out.append(case)
    return out


def write(path, data):
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main():
    for name, make in TOKENIZERS.items():
        path = FIXTURES / "tokenizers" / f"{name}.json"
        write(path, json.loads(make().to_str()))
        write(FIXTURES / f"{name}_encodings.json", encodings(Tokenizer.from_file(str(path))))
    write(FIXTURES / "chats.json", chats())


if __name__ == "__main__":
    main()
