"""Runs `preceptor bench` and its peers in turn and prints one table of ratios; see bench/peers/run."""
import argparse
import ctypes.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
# group → (bench of ours, the row of it, cases of training_peer.py)
TRAINING = {
    "train": ("train", "train_full", ["full_autocast", "full_bf16"]),
    "sft": ("train", "train_sft_mix", ["sft_default", "sft_tuned"]),
    "lora": ("train", "train_lora", ["lora"]),
    "dpo": ("dpo", "dpo", ["dpo_default", "dpo_tuned"]),
    "reward": ("reward", "reward", ["reward_default", "reward_tuned"]),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="write the rows to this file")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--shape", default="smollm2-135m")
    parser.add_argument("--only", action="append", choices=[*TRAINING, "generate", "model"])
    parser.add_argument("--model", help="a .gguf file that both generate with as well (group model)")
    parser.add_argument("--program", default=str(TOP / "build/release/preceptor"))
    parser.add_argument("--llama", required=True)
    return parser.parse_args()


def say(message):
    print(f"peers: {message}", file=sys.stderr, flush=True)


def peer_environment():
    """PyTorch loses 30 % to page faults without tcmalloc."""
    environment = dict(os.environ)
    library = ctypes.util.find_library("tcmalloc_minimal") or ctypes.util.find_library("tcmalloc")
    if library:
        environment["LD_PRELOAD"] = library
    else:
        say("tcmalloc is not installed (Debian: libtcmalloc-minimal4): PyTorch runs slower than it could")
    return environment


def ours(options, bench, name, runs):
    """One row of one of our benches."""
    say(f"preceptor {name}")
    what = ["--model", options.model] if name.startswith("model_") else ["--shape", options.shape]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "bench.json"
        subprocess.run([options.program, "bench", bench, *what, "--only", name, "--runs", str(runs), "--json", str(file)],
                       check=True, stdout=subprocess.DEVNULL)
        return json.loads(file.read_text())["benches"][0]


class TrainingPeer:
    """A process of training_peer.py, warm once this returns: its runs wait for their turns."""

    def __init__(self, options, case):
        say(case)
        self.case, self.values = case, []
        self.scratch = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen([sys.executable, str(HERE / "training_peer.py"), case, "--shape", options.shape,
                                         "--runs", str(options.runs), "--scratch", self.scratch.name],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=peer_environment())
        self.ready = self._line() == "ready"

    def _line(self):
        line = self.process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"training_peer.py {self.case} has ended with {self.process.wait()}")
        return line

    def measure(self):
        if not self.ready and self._line() != "ready":
            raise RuntimeError(f"training_peer.py {self.case} has no further run")
        self.ready = False
        print("go", file=self.process.stdin, flush=True)
        self.values.append(float(self._line()))

    def finish(self):
        found = dict(json.loads(self._line()), values=self.values)
        self.process.wait()
        return found

    def close(self):
        self.process.kill()
        self.process.wait()
        self.scratch.cleanup()


def row_of(our_row, peer):
    middle, our_middle = statistics.median(peer["values"]), statistics.median(our_row["values"])
    return dict(work=our_row["work"], unit=our_row["unit"], ours=our_middle, ours_min=min(our_row["values"]),
                ours_max=max(our_row["values"]), ours_limit_fraction=our_row["limit_fraction"],
                ours_peak_rss_bytes=our_row["peak_rss_bytes"], peer=middle, peer_min=min(peer["values"]),
                peer_max=max(peer["values"]), peer_name=peer["peer_name"], peer_settings=peer["peer_settings"],
                peer_peak_rss_bytes=peer.get("peak_rss_bytes"), ratio=our_middle / middle)


def our_runs(options, bench, name, measure_peers):
    """Run by run in turn, ours and then the peers', so that the machine's mood is the same for all."""
    rows = []
    for _ in range(options.runs):
        rows.append(ours(options, bench, name, 1))
        measure_peers()
    return dict(rows[0], values=[row["median"] for row in rows],
                limit_fraction=statistics.median(row["limit_fraction"] for row in rows),
                peak_rss_bytes=max(row["peak_rss_bytes"] for row in rows))


def training_rows(options, group):
    bench, name, cases = TRAINING[group]
    peers = []
    try:
        for case in cases:
            peers.append(TrainingPeer(options, case))
        together = our_runs(options, bench, name, lambda: [peer.measure() for peer in peers])
        for peer in peers:
            yield row_of(together, peer.finish())
    finally:
        for peer in peers:
            peer.close()


def generation_rows(options, group):
    import llama_peer
    for case in llama_peer.cases(options, group, say):
        together = our_runs(options, "generate", case.ours, case.measure)
        for peer in case.peers:
            yield row_of(together, peer)


def report(options, rows):
    """Prints the last row; the file holds all so far, so that a run that is cut short leaves what it measured."""
    row = rows[-1]
    print(f"{row['ratio']:6.2f} ×  {row['ours']:9.4g} against {row['peer']:9.4g} {row['unit']:<9} "
          f"{row['peer_name']} ({row['peer_settings']}): {row['work']}", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=2) + "\n")


def main():
    options = arguments()
    if "model" in (options.only or []) and not options.model:
        sys.exit("peers: the group model needs --model FILE.gguf")
    groups = [group for group in [*TRAINING, "generate", "model"] if not options.only or group in options.only]
    rows = []
    for group in groups:
        if group == "model" and not options.model:
            continue
        for row in (training_rows if group in TRAINING else generation_rows)(options, group):
            rows.append(row)
            report(options, rows)


if __name__ == "__main__":
    main()
