"""The alert rules: accepted by Prometheus' own checker, over metrics the service really shows."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from service import metrics
from tests.programs import program

RULES = Path(__file__).resolve().parents[2] / "deploy/prometheus/alerts.yml"
GUIDE = RULES.parents[2] / "docs/operator-guide.md"


def rules() -> list[dict]:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    return group["rules"]


def test_prometheus_accepts_the_rules():
    promtool = program("promtool", "the alert rules were not checked by Prometheus.")
    done = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules())} rules found" in done.stdout


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_wrong_and_what_to_do(rule):
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "action"}
    assert f"`{rule['alert']}`" in GUIDE.read_text()


@pytest.fixture(scope="module")
def shown(shared_service) -> dict[str, set[str]]:
    """Return every metric the service can show, with its labels."""
    found = {"up": {"job", "instance"}}
    for each in vars(metrics).values():
        if hasattr(each, "_labelnames"):
            for name in {sample.name for sample in each.collect()} or {each._name}:
                found[name] = set(each._labelnames)
            kinds = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
            for ending in kinds[each._type]:
                found[each._name + ending] = {*each._labelnames, "le"}
    extensions = shared_service.app.extensions
    for name in ("p13n_outbox_gauges", "p13n_segment_gauges"):
        for family in extensions[name].__self__.collect():
            found[family.name] = set(family._labelnames)
    return found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_metric_and_label_of_a_rule_is_one_we_show(rule, shown):
    bare = re.sub(r'"[^"]*"', "", rule["expr"])
    named = set(re.findall(r"\b(?:p13n_\w+|up)\b", bare))
    assert named and named <= set(shown)
    labels = set().union(*(shown[name] for name in named)) | {"instance"}
    used = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", bare))
    for grouped in re.findall(r"by \(([^)]*)\)", bare):
        used |= set(re.split(r",\s*", grouped))
    used |= set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert used <= labels
