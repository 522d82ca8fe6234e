"""llama.cpp on random weights of the same shape, in bf16 and q8_0, or on a file."""
import json
import pathlib
import subprocess
import tempfile

import gguf
import numpy

import workload


def write_model(path, shape, kind):
    """A llama GGUF without a vocabulary: the benches need none."""
    s = workload.SHAPES[shape]
    hidden, heads, key_heads = s["hidden_size"], s["num_attention_heads"], s["num_key_value_heads"]
    dim, middle = hidden // heads, s["intermediate_size"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_block_count(s["num_hidden_layers"])
    writer.add_context_length(32768)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(middle)
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(dim)
    writer.add_vocab_size(s["vocab_size"])
    writer.add_tokenizer_model("no_vocab")
    quantised = {"bf16": gguf.GGMLQuantizationType.BF16, "q8_0": gguf.GGMLQuantizationType.Q8_0}[kind]
    source = numpy.random.default_rng(1)

    def matrix(name, rows, columns):
        values = (source.standard_normal((rows, columns)) * 0.02).astype(numpy.float32)
        writer.add_tensor(f"{name}.weight", gguf.quants.quantize(values, quantised), raw_dtype=quantised)

    def gain(name):
        writer.add_tensor(f"{name}.weight", numpy.ones(hidden, dtype=numpy.float32))

    matrix("token_embd", s["vocab_size"], hidden)
    gain("output_norm")
    for layer in range(s["num_hidden_layers"]):
        at = f"blk.{layer}."
        gain(at + "attn_norm")
        gain(at + "ffn_norm")
        for name, rows, columns in (("attn_q", heads * dim, hidden), ("attn_k", key_heads * dim, hidden),
                                    ("attn_v", key_heads * dim, hidden), ("attn_output", hidden, heads * dim),
                                    ("ffn_gate", middle, hidden), ("ffn_up", middle, hidden),
                                    ("ffn_down", hidden, middle)):
            matrix(at + name, rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _bench(options, model, *flags):
    done = subprocess.run([f"{options.llama}/llama-bench", "-m", str(model), "-o", "json", "-r", "1", *flags],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)[0]["samples_ts"][0]


def _batched(options, model, streams, *flags):
    """Tokens of answers a second, the prompts' time counted, as in our bench."""
    command = [f"{options.llama}/llama-batched-bench", "-m", str(model), "-c", str(streams * 256 + 512),
               "-npp", "128", "-ntg", "128", "-npl", str(streams), "--output-format", "jsonl", *flags]
    for _ in range(10):  # a process that ends before its log is written prints nothing
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                return streams * 128 / json.loads(line)["t"]
    raise RuntimeError(f"llama-batched-bench printed no figures: {' '.join(command)}")


class Case:
    """One work: the name of our row, and the peers, each with `measure`, which runs it once, and its `values` so far."""

    def __init__(self, ours, options, models, settings, measure, *flags):
        self.ours = ours
        self.peers = [dict(peer_name=f"llama.cpp {name}", peer_settings=settings, values=[],
                           measure=lambda model=model: measure(options, model, *flags)) for name, model in models]

    def measure(self):
        for peer in self.peers:
            peer["values"].append(peer["measure"]())


def _cases(options, models, prefix, streams):
    alone = "llama-bench, native build"
    yield Case(f"{prefix}prefill_512", options, models, alone, _bench, "-p", "512", "-n", "0")
    yield Case(f"{prefix}decode_1", options, models, alone, _bench, "-p", "0", "-n", "128")
    if not prefix:
        yield Case("decode_1_int8", options, models[1:], alone, _bench, "-p", "0", "-n", "128")
    for count in streams:
        yield Case(f"{prefix}decode_{count}", options, models, "llama-batched-bench", _batched, count)
        yield Case(f"{prefix}samples_{count}", options, models, "llama-batched-bench -pps", _batched, count, "-pps")


def cases(options, group, say):
    """group: generate, with random weights in bf16 and q8_0, or model, with the file that was named."""
    if group == "model":
        model = pathlib.Path(options.model)
        yield from _cases(options, [(model.stem, model)], "model_", (32,))
        return
    with tempfile.TemporaryDirectory() as folder:
        models = [(kind, pathlib.Path(folder) / f"model-{kind}.gguf") for kind in ("bf16", "q8_0")]
        for kind, model in models:
            say(f"writes {model.name}")
            write_model(model, options.shape, kind)
        yield from _cases(options, models, "", (32, 64))
