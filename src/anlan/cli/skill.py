"""`anlan skill`: how good the warnings are on files of real counts, beside simple methods and what is demanded."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np

from anlan.cli.counts import NoCounts, read_beijing, read_leeds
from anlan.science.skill import Series, Skill, judge_peers, judge_series, make_surges, measure

BUDGETS = (4.0, 8.0)  # false warnings per place and month, all channels together: 2+2 and 4+4
# What a series must reach (warning.md [S]): (what, budget, lead in minutes or None, at least?, gate, aim)
GATES = {
    "occupancy": (
        ("recall", 4, 15, True, 0.98, 1.00), ("recall", 4, 30, True, 0.92, 0.97),
        ("false", 4, None, False, 4, 3), ("brier_skill", None, None, True, 0.56, 0.65),
    ),
    "flow": (
        ("recall", 4, 15, True, 0.45, 0.60), ("recall", 4, 30, True, 0.40, 0.55),
        ("recall", 8, 15, True, 0.68, 0.80), ("recall", 8, 30, True, 0.64, 0.75),
        ("brier_skill", None, None, True, 0.36, 0.42), ("mase", None, None, False, 0.80, 0.75),
    ),
    "surges": (
        ("recall", 4, 15, True, 0.70, 0.80), ("recall", 4, 30, True, 0.35, 0.55),
        ("recall", 8, 15, True, 0.88, 0.93), ("recall", 8, 30, True, 0.60, 0.75),
    ),
    "leeds": (("recall", 4, 60, True, 0.90, 0.95), ("false", 4, None, False, 3, 2)),
}  # fmt: skip
SAID = {"recall": "recall ≥ {} min", "false": "false a month", "brier_skill": "Brier skill", "mase": "MASE"}


def figure(skill: Skill, what: str, budget: float | None, steps: int | None) -> float:
    """One figure of a skill, as a gate names it."""
    if what == "recall":
        return skill.rungs[budget].recall[steps - 1]
    return skill.rungs[budget].false_a_month if what == "false" else getattr(skill, what)


def read_series(folders: list[Path], seed: int) -> dict[str, Series]:
    """The four tests of warning.md."""
    occupancy, flow = read_beijing(folders)
    return {
        "occupancy": occupancy,
        "flow": flow,
        "leeds": read_leeds(folders),
        "surges": make_surges(flow, seed),
    }


def tell(key: str, series: Series, skills: list[Skill]) -> list[str]:
    """The table of one test."""
    step_min = series.step_s // 60
    leads = [lead for lead in (15, 30, 60, 120) if lead % step_min == 0 and lead // step_min <= series.reach]
    months = series.months(series.end - series.level)
    lines = [
        f"{series.name}: {len(series.counts)} sensors, {months:.1f} place-months judged",
        f"{'':20}" + "".join(f"| {b / 2:g}+{b / 2:g}: " + " ".join(f"≥{lead:<4}" for lead in leads) + " false prec " for b in BUDGETS)
        + f"| BSS{step_min * series.reach:<4} MASE{step_min * series.reach}",
    ]  # fmt: skip
    for skill in skills:
        row = f"{skill.method:20}"
        for budget in BUDGETS:
            rung = skill.rungs[budget]
            recalls = " ".join(f"{rung.recall[lead // step_min - 1]:5.2f}" for lead in leads)
            row += f"|      {recalls} {rung.false_a_month:6.2f} {rung.precision:4.2f} "
        lines.append(row + f"| {_number(skill.brier_skill)} {_number(skill.mase)}")
    for what, budget, lead, more, gate, aim in GATES[key]:
        steps = lead // step_min if lead else None
        reached, naive = (figure(skill, what, budget, steps) for skill in (skills[-1], skills[-2]))
        held = reached >= gate if more else reached <= gate
        at = f" at {budget // 2}+{budget // 2}" if budget else ""
        lines.append(
            f"  {'✓' if held else '✗'} {SAID[what].format(lead)}{at}: {reached:.2f} (naive pair {naive:.2f};"
            f" gate {'≥' if more else '≤'} {gate:g}, aim {aim:g})"
        )
    return lines


def _number(value: float) -> str:
    return f"{value:7.3f}" if np.isfinite(value) else f"{'–':>7}"


@click.command("skill")
@click.option("--data", "data", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with beijing_subway_15min.csv.gz and leeds_hourly.csv.gz.")  # fmt: skip
@click.option("--holdout", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with the rest of the same files; then that rest is what is judged.")  # fmt: skip
@click.option("--surge-seed", default=1, show_default=True, help="Which surges are made.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")
def command(data, holdout, surge_seed, as_json):
    """Measure the warnings on files of real counts: recall by lead, false warnings per place and month, Brier skill.

    Alarm levels are fitted to a budget on one part of the time and frozen; another part is judged. Peers with one
    channel have the whole budget for it; the naive pair and Anlan have half for each of two channels. The gates stand
    for the held-out part: on the first part alone every method scores lower.
    """
    try:
        tests = read_series([data, *([holdout] if holdout else [])], surge_seed)
    except NoCounts as refusal:
        raise click.ClickException(str(refusal)) from None
    told = {}
    with click.progressbar(tests.items(), label="measuring", file=sys.stderr) as bar:
        for key, series in bar:
            methods = [*judge_peers(series), judge_series(series)]
            told[key] = [measure(series, method, BUDGETS) for method in methods]
    if as_json:
        tables = {key: [asdict(skill) for skill in skills] for key, skills in told.items()}
        click.echo(
            json.dumps({"surge_seed": surge_seed, "tests": _finite(tables)}, ensure_ascii=False, indent=1)
        )
        return
    for key, skills in told.items():
        click.echo("\n".join(tell(key, tests[key], skills)) + "\n")


def _finite(tree):
    """The same tree with null for figures that do not exist: JSON knows no nan."""
    if isinstance(tree, dict):
        return {str(key): _finite(branch) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return [_finite(branch) for branch in tree]
    return None if isinstance(tree, float) and not np.isfinite(tree) else tree
