"""The rules of the house: imports point one way, production never needs the stand-ins."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [
    {"errors", "events", "model", "deadline", "strict_json", "tenant", "journey_builder"}
    | {"segment_exports", "marketing_cloud_errors", "data_sharing", "crm_errors", "privacy"}
    | {"metrics", "log_lines", "moments", "egress"},
    {"upstream", "storage"},
    {"usecases"},
    {"api"},
    {"settings", "tenants_file", "file_tables", "journey_builder_file"}
    | {
        "segment_exports_file",
        "data_sharing_file",
        "segment_rules_file",
        "feed_file",
        "egress_file",
        "privacy_file",
    },
    {
        "app",
        "joining",
        "base_parts",
        "segment_parts",
        "doctor_parts",
        "sharing_parts",
        "privacy_parts",
    },
    {"exchange", "reloading", "serving", "worker", "working", "terminal", "segment_clock"}
    | {"erasure_watch", "placement", "share_sentences"},
    {"backup_commands", "outbox_commands", "segment_commands", "doctor_command", "share_commands"}
    | {"audit_commands", "erasure_commands"},
    {"commands"},
]
"""Lowest first; a room sees itself and those below it."""

FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "service").rglob("*.py")
    if "versions" not in path.parts
}


def imported_by(module: str) -> set[str]:
    """Return our own modules that `module` names in an import, absolute or relative."""
    is_package = FILES[module].name == "__init__.py"
    package = module if is_package else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            base = ".".join(part for part in (above, node.module) if part)
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return (found & FILES.keys()) - {module, "service"}


GRAPH = {module: imported_by(module) for module in FILES}


def height_of(module: str) -> int:
    room = module.split(".")[1]
    return next(height for height, rooms in enumerate(ROOMS) if room in rooms)


def test_every_module_stands_in_a_known_room():
    found = {module.split(".")[1] for module in FILES if "." in module}
    assert found == set().union(*ROOMS)


def test_no_import_points_upwards():
    assert [
        (module, named)
        for module, names in GRAPH.items()
        for named in names
        if height_of(named) > height_of(module)
    ] == []


def test_the_picture_of_the_rooms_shows_them_in_their_order():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    picture = page.partition("```\n")[2].partition("```")[0]
    shown = [
        [word for word in line[:27].split() if f"service.{word}" in FILES]
        for line in picture.splitlines()
    ]
    assert all(shown)
    heights = [{height_of(f"service.{room}") for room in line} for line in shown]
    assert all(len(line) == 1 for line in heights)
    order = [line.pop() for line in heights]
    assert order == sorted(set(order), reverse=True)
    folders = {path.parent.name for path in (ROOT / "service").glob("*/__init__.py")}
    assert folders <= {room for line in shown for room in line}


def test_the_architecture_page_names_only_modules_that_exist():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`(?:service/)?((?:api|usecases|storage|upstream)/\w+)(?:\.py)?`", page)
    assert len(named) > 20
    assert [name for name in named if f"service.{name.replace('/', '.')}" not in FILES] == []


def test_no_modules_import_each_other_in_a_circle():
    assert list(TopologicalSorter(GRAPH).static_order())  # raises CycleError, naming the circle


def test_a_worker_does_without_the_web():
    reached, ahead = set(), ["service.working"]
    while ahead:
        reached.add(module := ahead.pop())
        ahead += set(GRAPH[module]) - reached
    names = {name for name in reached if name.startswith(("service.api.", "service.app"))}
    assert names == {"service.api.journey_files"}  # which is paths alone


def test_settings_are_read_by_the_app_and_the_commands_only():
    readers = {module for module, names in GRAPH.items() if "service.settings" in names}
    joining = {"service.app", "service.joining", "service.base_parts", "service.commands"}
    assert readers <= joining | {"service.serving", "service.reloading", "service.working"}


def test_versions_of_the_schema_form_one_chain():
    folder = ROOT / "service/storage/migrations/versions"
    numbers = sorted(path.name.partition("_")[0] for path in folder.glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    for path in folder.glob("*.py"):
        own = path.name.partition("_")[0]
        before = "None" if own == "0001" else f'"{int(own) - 1:04}"'
        assert f'\nrevision = "{own}"\ndown_revision = {before}\n' in path.read_text(), path.name


def test_production_code_never_imports_the_stand_ins():
    for path in FILES.values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("simulator") for alias in node.names), path
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("simulator"), path
