"""Measures how well known duplicates are found: python tests/similar/measure.py FOLDER

FOLDER holds `NAME.jsonl`, a report a line with `id`, `title` and `text`, and `NAME.truth.json`, which maps the id of a
query to the ids of its known duplicates. A query is the report's own title and text, the pool is all other reports,
and its rank is that of its best known duplicate. For several lower limits of the similarity, it prints how many best
matches pass: those of queries, the right ones among them, and those of other reports, which are mostly wrong. The rule
TB606 reads the reports as issues without relations; its pairs are listed, since reports without known duplicates can
only be judged by reading them. With --times N the pool holds every report N times, to measure the speed in a larger
book; ignore the ranks then.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from triagebook.outline import Outline
from triagebook.rules.relation_graph import overlaps
from triagebook.similar import Profile, SimilarIssues
from triagebook.text_index import words_of


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--times", default=1, help="How often the pool holds each report.")
def main(folder: Path, times: int) -> None:
    for file in sorted(folder.glob("*.jsonl")):
        reports = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        truth = json.loads(file.with_suffix(".truth.json").read_text(encoding="utf-8"))
        profiles = {report["id"]: Profile(report["title"], report["text"]) for report in reports}
        pool = profiles | {f"{name}#{copy}": one for copy in range(1, times) for name, one in profiles.items()}
        begin = time.process_time()
        traits = {name: profile.traits for name, profile in pool.items()}
        start = time.process_time()
        index = SimilarIssues(traits)
        indexed = time.process_time()
        for query in truth:
            index.to(profiles[query], excluding=query)
        seconds = time.process_time() - indexed
        if times == 1:
            show_limits(index, profiles, truth)
            show_rule(profiles, truth)
        ranks = [rank_of(index, profiles, query, duplicates) for query, duplicates in truth.items()]
        click.echo(
            f"{file.stem}: {len(pool):,} reports, {len(ranks)} queries: Recall@1 {_recall(ranks, 1):.3f},"
            f" Recall@5 {_recall(ranks, 5):.3f}, Recall@10 {_recall(ranks, 10):.3f},"
            f" MRR {sum(1 / rank for rank in ranks if rank) / len(ranks):.3f},"
            f" read {start - begin:.2f} s, index {indexed - start:.2f} s,"
            f" {seconds / len(truth) * 1000:.1f} ms a query (CPU)"
        )


def show_limits(index: SimilarIssues, profiles: dict[str, Profile], truth: dict[str, list[str]]) -> None:
    best = {name: next(iter(index.to(one, excluding=name, most=1, least=0)), None) for name, one in profiles.items()}
    for limit in (0.5, 0.6, 0.7, 0.8, 0.9):
        passing = {name: match.issue for name, match in best.items() if match and match.similarity >= limit}
        of_queries = [name for name in passing if name in truth]
        right = sum(passing[name] in truth[name] for name in of_queries)
        others, outside = len(passing) - len(of_queries), len(profiles) - len(truth)
        click.echo(
            f"at {limit}: {len(of_queries)} of {len(truth)} queries, {right} right ({right / len(of_queries):.0%});"
            f" {others} of {outside} others ({others / outside:.0%})"
        )


def show_rule(profiles: dict[str, Profile], truth: dict[str, list[str]]) -> None:
    outlines = {
        name: Outline(name, {"opened": ""}, title_words=words_of(one.title), words=words_of(f"{one.title}\n{one.text}"))
        for name, one in profiles.items()
    }
    pairs = [(said[0], said[2]) for said in (says.split() for _, _, says in overlaps(outlines))]
    known = [pair for pair in pairs if not truth.keys().isdisjoint(pair)]
    right = sum(older in truth.get(newer, ()) for newer, older in known)
    click.echo(f"TB606: {len(pairs)} pairs; {len(known)} of reports with known duplicates, {right} of them right")
    for newer, older in pairs:
        click.echo(f"  {newer} {profiles[newer].title!r}, {older} {profiles[older].title!r}")


def rank_of(index: SimilarIssues, profiles: dict[str, Profile], query: str, duplicates: list[str]) -> int:
    """The rank of the best known duplicate; 0 where none is found."""
    found = index.to(profiles[query], excluding=query, most=100, least=0)
    return next((rank for rank, match in enumerate(found, start=1) if match.issue in duplicates), 0)


def _recall(ranks: list[int], first: int) -> float:
    return sum(0 < rank <= first for rank in ranks) / len(ranks)


if __name__ == "__main__":
    main()
