"""The same work that `preceptor bench` does: shapes, lengths and pairs (src/cli/bench/bench_model.cpp)."""
import math
import random
from statistics import NormalDist

SHAPES = {
    "smollm2-135m": dict(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30,
                         num_attention_heads=9, num_key_value_heads=3),
    "nano": dict(vocab_size=512, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
                 num_attention_heads=4, num_key_value_heads=2),
}


def shuffled_place(i):
    """SplitMix64's finaliser."""
    mask = (1 << 64) - 1
    place = (i + 1) * 0x9E3779B97F4A7C15 & mask
    place = (place ^ place >> 30) * 0xBF58476D1CE4E5B9 & mask
    place = (place ^ place >> 27) * 0x94D049BB133111EB & mask
    return place ^ place >> 31


def lengths(count, median, sigma):
    """Evenly spaced quantiles of a lognormal distribution, at most 1,024, in a shuffled order that is always the same."""
    quantile = NormalDist().inv_cdf
    return [int(min(1024, max(2, math.floor(median * math.exp(sigma * quantile((place + 0.5) / count)) + 0.5))))
            for place in sorted(range(count), key=shuffled_place)]


def tokens(length, vocabulary, seed):
    source = random.Random(seed)
    return [source.randrange(vocabulary) for _ in range(length)]


def dense(shape, count, length=1024):
    vocabulary = SHAPES[shape]["vocab_size"]
    return [tokens(length, vocabulary, i) for i in range(count)]


def mixed(shape, count=256):
    vocabulary = SHAPES[shape]["vocab_size"]
    return [tokens(length, vocabulary, i) for i, length in enumerate(lengths(count, 180, 0.8))]


def pairs(shape, count):
    vocabulary = SHAPES[shape]["vocab_size"]
    prompts, answers = lengths(count, 120, 0.53), lengths(2 * count, 150, 0.53)
    return [dict(prompt=tokens(prompts[i], vocabulary, 3 * i), chosen=tokens(answers[2 * i], vocabulary, 3 * i + 1),
                 rejected=tokens(answers[2 * i + 1], vocabulary, 3 * i + 2)) for i in range(count)]
