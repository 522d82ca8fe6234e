"""Label Studio and Preceptor on the same work, one after the other: see `servers`."""
import argparse
import json
import pathlib
import subprocess
import tempfile

from label_studio_peer import LabelStudio

TOP = pathlib.Path(__file__).resolve().parents[2]


def ours(program, people, seconds):
    """{people: row} as `preceptor bench server` measures them."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "ours.json"
        subprocess.run([program, "bench", "server", "--runs", "1", "--seconds", str(seconds), "--only", "judging",
                        "--clients", *map(str, people), "--json", str(file)], check=True, stdout=subprocess.DEVNULL)
        rows = json.loads(file.read_text())["rows"]
    return {row["clients"]: {key: row[key] for key in (
        "judgments_per_second", "submit_p99_ms", "next_p99_ms", "errors", "lost", "overserved")} for row in rows}


def theirs(program, people, seconds):
    with LabelStudio(program) as studio:
        studio.make_project(tasks=2000, overlap=3)
        studio.make_people(max(people))
        rows = {count: studio.judge(count, seconds) for count in people}
        return studio.version, rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--label-studio", required=True)
    parser.add_argument("--program", default=str(TOP / "build" / "release" / "preceptor"))
    parser.add_argument("--people", default="1,16,64,256")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json")
    options = parser.parse_args()
    people = [int(count) for count in options.people.split(",")]
    mine = ours(options.program, people, min(options.seconds, 10))
    version, studio = theirs(options.label_studio, people, options.seconds)
    print(f"| people | Preceptor judgments/s | Label Studio {version} | ratio | submit p99 ms | theirs | next p99 ms "
          "| theirs | errors | theirs |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for count in people:
        a, b = mine[count], studio[count]
        ratio = a["judgments_per_second"] / b["judgments_per_second"] if b["judgments_per_second"] else float("inf")
        print(f"| {count} | {a['judgments_per_second']:,.0f} | {b['judgments_per_second']:.1f} | {ratio:,.0f} × "
              f"| {a['submit_p99_ms']:.1f} | {b['submit_p99_ms']:,.0f} | {a['next_p99_ms']:.1f} | {b['next_p99_ms']:,.0f} "
              f"| {a['errors']} | {b['errors']} |")
    if options.json:
        report = {"people": people, "preceptor": mine, "label_studio": studio, "label_studio_version": version}
        pathlib.Path(options.json).write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
