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
    done = subprocess.run([f"{options.llama}/llama-bench", "-m", str(model), "-o", "json", "-r", str(options.runs),
                           *flags], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)[0]["samples_ts"]


def _batched(options, model, streams, *flags):
    """Tokens of answers a second, the prompts' time counted, as in our bench; one run a process."""
    values = []
    for _ in range(options.runs):
        done = subprocess.run([f"{options.llama}/llama-batched-bench", "-m", str(model), "-c", str(streams * 256 + 512),
                               "-npp", "128", "-ntg", "128", "-npl", str(streams), "--output-format", "jsonl", *flags],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        result = next(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
        values.append(streams * 128 / result["t"])
    return values


def _figures(options, model, name, streams):
    """Yields (name of our row, figures of the peer)."""
    def figures(values, settings):
        return dict(peer_name=f"llama.cpp {name}", peer_settings=settings, values=values)
    yield "prefill_512", figures(_bench(options, model, "-p", "512", "-n", "0"), "llama-bench, native build")
    yield "decode_1", figures(_bench(options, model, "-p", "0", "-n", "128"), "llama-bench, native build")
    for count in streams:
        yield f"decode_{count}", figures(_batched(options, model, count), "llama-batched-bench")
        yield f"samples_{count}", figures(_batched(options, model, count, "-pps"), "llama-batched-bench -pps")


def figures_of_shape(options, say):
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("bf16", "q8_0"):
            model = pathlib.Path(folder) / f"model-{kind}.gguf"
            say(f"llama.cpp {kind}")
            write_model(model, options.shape, kind)
            for name, peer in _figures(options, model, kind, (32, 64)):
                yield name, peer
                if kind == "q8_0" and name == "decode_1":
                    yield "decode_1_int8", peer


def figures_of_file(options, say):
    model = pathlib.Path(options.model)
    say(f"llama.cpp {model.name}")
    for name, peer in _figures(options, model, model.stem, (32,)):
        yield f"model_{name}", peer
