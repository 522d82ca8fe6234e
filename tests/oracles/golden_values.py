"""Numbers that the oracles and the C++ tests make alike, so that golden files need not store them."""

MASK = (1 << 64) - 1
STEPS = 10
ADAMW = dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)
NORM_MAX = 1.0


def generator(name):
    """FNV-1a of the name, then Knuth's linear congruential generator."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = ((state ^ byte) * 0x100000001B3) & MASK
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        yield state >> 40


def made_values(name, count, is_gain):
    """Multiples of 2^-23 in [-1, 1), scaled by a power of two: exact in fp32 everywhere."""
    draw = generator(name)
    values = [next(draw) / (1 << 23) - 1 for _ in range(count)]
    return [1 + value / 4 if is_gain else value / 4 for value in values]


def made_tokens(name, count, vocabulary):
    draw = generator(name)
    return [next(draw) % vocabulary for _ in range(count)]
