"""The arithmetic of checklists on the phone is that of the server: both read the same answers and must say the same."""

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from anlan.domains.hazards.queries.outdoors import trees_of
from anlan.domains.hazards.rules.answers import Filling
from anlan.domains.hazards.rules.checklists import read_form
from anlan.domains.hazards.terms.checklists import AnswerFault
from anlan.site.demo.checklists import LISTS, choice_rows, rows_of

SCRIPT = """
import { readFileSync } from "node:fs";
const { Filling } = await import(process.argv[1]);
const told = JSON.parse(readFileSync(0, "utf8")).map(({ list, answers, photos }) => {
  const filling = new Filling(list, answers, photos);
  return filling.lines().map((line) => [line.key, line.value, line.fault, line.is_bad, filling.label(line)]);
});
process.stdout.write(JSON.stringify(told));
"""
PHONE = Path(__file__).parents[4] / "web/lib/field/filling.js"
KINDS = {
    key: key for key in ("exits", "signs", "crowd", "management", "fire", "electric", "gas", "structure")
}
FAULTS = {"required", "number", "whole", "range", "choice", "day", "point", "long", "constraint", "photo"}
TYPED = ["", " ", "yes", "no", "none", "0", "-3", "+7", "85", "1e3", "3.5", "0.0000001", "12345678901", "2026-02-28", "2026-02-30", "31.2 121.4", "91 0", "x", "甲" * 1001]  # fmt: skip
ALL_SIGNS = [
    ("decimal", "a", "甲", {}), ("decimal", "b", "乙", {}), ("date", "day", "日", {"constraint": ". >= '2026-01-31' and . < '2027-01-01'"}),
    ("calculate", "sum", "", {"calculation": "(${a} + ${b}) * -2 - 1"}), ("calculate", "part", "", {"calculation": "${a} div ${b}"}),
    ("calculate", "is_more", "", {"calculation": "${a} > ${b}"}),
    ("text", "shown", "为何是 ${sum}、${part}、${is_more}", {"required": "yes", "relevant": "${sum} != ${part} or not(${a} = ${b})"}),
    ("select_multiple goods", "goods", "物品", {"constraint": "not(selected(., 'none') and selected(., 'paint'))"}),
    ("begin repeat", "rows", "各层 ${a}", {"relevant": "selected(${goods}, 'paint')"}),
    ("integer", "floor", "楼层", {"required": "yes", "constraint": ". <= 9 and . >= ${a}"}),
    ("text", "floor_why", "说明", {"required": "yes", "relevant": "${floor} > 2 and ${floor} = '3'"}),
    ("end repeat", "", "", {}),
]  # fmt: skip


def forms():
    """The demonstration's checklists, and one with every sign that an expression may have."""
    signs = [(at, {"type": kind, "name": name, "label": label} | more) for at, (kind, name, label, more) in enumerate(ALL_SIGNS, 2)]  # fmt: skip
    for rows in (*(rows_of(one[4]) for one in LISTS), signs):
        questions, faults = read_form(rows, choice_rows(), kinds=KINDS)
        assert not faults, faults
        yield questions


def answers_to(filling, chance):
    """Something typed, chosen, or left out everywhere; rows of repeats where there are any."""
    told = {}
    for name, spot in filling.spots.items():
        if spot.question["parts"]:
            continue
        choices = [one["name"] for one in spot.question["choices"]]
        pick = chance.choice([*TYPED, *choices * 8])
        if spot.question["kind"] == "select_multiple":
            pick = chance.sample(choices, chance.randint(0, len(choices)))
        if spot.repeat:
            rows = told.setdefault(spot.repeat, [{} for _row in range(chance.randint(1, 3))])
            chance.choice(rows)[name] = pick
        elif chance.random() < 0.85:
            told[name] = pick
    return told


def cases(chance):
    for questions in forms():
        for _ in range(40):
            filling = Filling(questions, answers_to(Filling(questions, {}), chance))
            keys = sorted(filling.photo_keys())
            yield questions, filling.answers, chance.sample(keys, len(keys) // 2)


def say(line, filling):
    named = {str(getattr(AnswerFault, name.upper())): name for name in FAULTS - {"long"}}
    fault = "long" if line.fault.startswith(AnswerFault.LONG.partition("%")[0]) and line.fault else line.fault
    label = "" if line.question["kind"] == "calculate" else filling.label(line)
    return [line.key, line.value, named.get(fault, fault), line.opens_hazard, label]


def rounded(lines):
    """Lines with every worked-out number to six digits: floats are written differently on both sides."""
    number = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")

    def say_number(found):
        return f"{float(found[0]) + 0.0:.6g}"

    return [
        [key, number.sub(say_number, f"{value}"), fault, is_bad, number.sub(say_number, label)]
        for key, value, fault, is_bad, label in lines
    ]


def test_a_phone_says_of_every_answer_what_the_server_says():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    told = list(cases(random.Random(11)))
    asked = [{"list": {"questions": one, "trees": trees_of(one)}, "answers": answers, "photos": photos} for one, answers, photos in told]  # fmt: skip
    command = [node, "--input-type=module", "-e", SCRIPT, PHONE.as_uri()]
    ran = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, timeout=30, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for (questions, answers, photos), lines in zip(told, json.loads(ran.stdout), strict=True):
        filling = Filling(questions, answers, photos=photos)
        assert rounded(lines) == rounded(say(line, filling) for line in filling.lines()), answers
    assert len({line[2] for lines in json.loads(ran.stdout) for line in lines}) >= len(FAULTS)
